from lxml import etree

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionsOnly(CorrectionCommon):
    """Clerks do not go around approval limits, if their company says so."""

    def _reset(self, user):
        self._posted((1, 100.0)).with_user(user).button_draft()

    def _cancel(self, user):
        self._posted((1, 100.0)).with_user(user).button_cancel()

    def _write(self, user):
        self._posted((1, 100.0)).with_user(user).write({"state": "draft"})

    def _credit(self, user):
        note = self._draft_note(user)
        note.action_post()

    def _write_posted(self, user):
        self._draft_note(user).write({"state": "posted"})

    def _reverse(self, user, method="refund_moves"):
        move = self._posted((1, 100.0))
        wizard = (
            self.env["account.move.reversal"]
            .with_user(user)
            .with_context(active_model=move._name, active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        made = getattr(wizard, method)()
        if method == "refund_moves":
            self.env["account.move"].with_user(user).browse(
                made["res_id"]
            ).action_post()

    def _replace(self, user):
        self._reverse(user, "modify_moves")

    def _draft_note(self, user):
        return (
            self.env["account.move"]
            .with_user(user)
            .create(
                {
                    "move_type": "out_refund",
                    "partner_id": self.partner_a.id,
                    "invoice_date": "2026-01-20",
                    "invoice_line_ids": [
                        Command.create({"name": "Goodwill", "price_unit": 90000})
                    ],
                }
            )
        )

    WAYS = (
        *(_reset, _cancel, _write),
        *(_credit, _write_posted, _reverse, _replace),
    )

    def test_clerks_are_refused_where_the_setting_is_on(self):
        """Would have caught: limits did not bind core's credit note and reset."""
        self.company_a.sudo().clerk_corrections_only = True
        for way in self.WAYS:
            with self.subTest(way=way.__name__):
                with self.assertRaisesRegex(UserError, "clerks c"):
                    way(self, self.clerk)
                way(self, self.supervisor)

    def test_nothing_changes_where_it_is_off(self):
        self.assertFalse(self.company_a.clerk_corrections_only)
        for way in self.WAYS:
            with self.subTest(way=way.__name__):
                way(self, self.clerk)

    def test_corrections_and_invoices_are_posted_all_the_same(self):
        self.company_a.sudo().clerk_corrections_only = True
        for remedy in ("credit_full", "rebill"):
            correction = self._corrected(self._posted((1, 100.0)), remedy)
            self.assertEqual(set(correction.document_ids.mapped("state")), {"posted"})


@tagged("post_install", "-at_install")
class TestInvoiceForm(CorrectionCommon):
    def test_quantity_is_shown_on_invoice_lines(self):
        """Core hides the column where the Sales app is not installed."""
        arch = self.env["account.move"].get_view(view_type="form")["arch"]
        [column] = etree.fromstring(arch).xpath(
            "//field[@name='invoice_line_ids']/list/field[@name='quantity']"
        )
        self.assertEqual(column.get("optional"), "show")

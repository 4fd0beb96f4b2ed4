from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.correction.common import (
    CorrectionCommon,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

# What core's own credit note keeps of a line, when somebody deletes the other lines.
TRAITS = ("account", "analytic", "text", "quantity")


@tagged("post_install", "-at_install")
class TestCorrectionMatch(CorrectionCommon):
    """Lines alike in product, price and taxes; a credit note made by hand credits one.

    The first line used to be taken, whichever the note had credited.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = cls.company_data["default_account_revenue"]
        cls.other_account = cls.account.copy({"name": "Other revenue"})
        plan = cls.env["account.analytic.plan"].create({"name": "Sites"})
        sites = cls.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("North", "South")]
        )
        cls.sites = [{str(site.id): 100.0} for site in sites]

    def _invoice(self, *rows):
        """Post an invoice of lines that differ in the traits given only."""
        values = [
            {
                "name": row.get("text", "Service"),
                "quantity": row.get("quantity", 10),
                "price_unit": 20.0,
                "account_id": row.get("account", self.account).id,
                "analytic_distribution": row.get("analytic", False),
                "tax_ids": [Command.set(self.tax_sale_a.ids)],
            }
            for row in rows
        ]
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_a.id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [Command.create(each) for each in values],
            }
        )
        move.action_post()
        return move

    def _credited(self, move, *indexes, quantity=None):
        """Credit some lines by core, as a person does: delete the other lines."""
        wizard = self.env["account.move.reversal"].create(
            {
                "move_ids": move.ids,
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
            }
        )
        wizard.refund_moves()
        note = wizard.new_move_ids
        lines = note.invoice_line_ids.sorted("id")
        kept = lines.browse([lines[index].id for index in indexes])
        (lines - kept).unlink()
        if quantity is not None:
            kept.quantity = quantity
        note.action_post()
        return note

    def _other(self, trait):
        return {
            "account": self.other_account,
            "analytic": self.sites[1],
            "text": "Service, second site",
            "quantity": 5,
        }[trait]

    @property_of(8)
    @given(
        traits=st.sets(st.sampled_from(TRAITS), min_size=1),
        credited=st.integers(0, 1),
        partly=st.booleans(),
    )
    def test_the_line_that_core_credited_is_the_one(self, traits, credited, partly):
        if partly and traits == {"quantity"}:
            return
        with self.env.cr.savepoint() as savepoint:
            move = self._invoice({}, {each: self._other(each) for each in traits})
            amounts = move.invoice_line_ids.mapped("quantity")
            part = 2 if partly else amounts[credited]
            self._credited(move, credited, quantity=part)
            correction = self._correction(move)
            amounts[credited] -= part
            self.assertEqual(correction.line_ids.mapped("billed_quantity"), amounts)
            savepoint.rollback()

    def test_alike_in_everything_any_line_is_right(self):
        move = self._invoice({}, {})
        self._credited(move, 1)
        correction = self._correction(move)
        self.assertEqual(sum(correction.line_ids.mapped("billed_quantity")), 10)

    def test_two_notes_take_two_lines(self):
        move = self._invoice({}, {})
        self._credited(move, 1)
        self._credited(move, 1)
        correction = self._correction(move, "credit_full")
        self.assertIn("credited in full", correction.unfit_reason)

    def test_a_line_credited_before_is_not_credited_again(self):
        move = self._invoice({}, {})
        self._corrected(move, lines={0: {"quantity": 0}})
        self._credited(move, 1)
        self.assertIn("credited in full", self._correction(move).unfit_reason)

    def test_what_is_unclear_is_asked(self):
        move = self._invoice({"quantity": 10}, {"quantity": 5})
        note = self._credited(move, 1, quantity=3)
        correction = self._correction(move)
        self.assertFalse(correction.line_ids)
        self.assertTrue(correction.is_unclear)
        for part in (note.name, move.name, "could amend 2 lines"):
            self.assertIn(part, correction.unfit_reason)
        with self.assertRaisesRegex(UserError, "select the line"):
            correction.action_apply()
        with Form(correction) as form, form.match_ids.edit(1) as match:
            match.is_selected = True
        self.assertFalse(correction.unfit_reason)
        self.assertEqual(correction.line_ids.mapped("billed_quantity"), [10, 2])
        correction.match_ids[0].is_selected = True
        self.assertEqual(correction.match_ids.mapped("is_selected"), [True, False])
        self.assertEqual(correction.line_ids.mapped("billed_quantity"), [7, 5])
        correction.line_ids[0].quantity = 6
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_untaxed, 20)
        again = self._correction(move, case=self._case(move))
        self.assertEqual(again.line_ids.mapped("billed_quantity"), [6, 5])
        self.assertFalse(again.match_ids)

    def test_what_is_unclear_is_asked_for_a_credit_in_full(self):
        move = self._invoice({"quantity": 10}, {"quantity": 5})
        self._credited(move, 1, quantity=3)
        correction = self._correction(move, "credit_full")
        self.assertTrue(correction.is_unclear)
        correction.match_ids[1].is_selected = True
        correction.action_apply()
        self.assertEqual(correction.document_ids.amount_untaxed, 240)

    def test_an_answer_voids_the_approval(self):
        move = self._invoice({"quantity": 10}, {"quantity": 5})
        self._credited(move, 1, quantity=3)
        correction = self._correction(move)
        correction.match_ids[1].is_selected = True
        correction.line_ids[0].quantity = 6
        correction.action_request_approval()
        correction.match_ids[0].is_selected = True
        self.assertEqual(correction.state, "draft")

    def test_an_answer_about_lines_that_differ_is_no_answer(self):
        move = self._posted((10, 20.0), (5, 30.0))
        self._credited(move, 1, quantity=3)
        correction = self._correction(move)
        note_line = move.reversal_move_ids.invoice_line_ids
        self.env["clerk.correction.match"].sudo().create(
            {
                "correction_id": correction.id,
                "note_line_id": note_line.id,
                "move_line_id": move.invoice_line_ids[0].id,
                "is_selected": True,
            }
        )
        correction.action_reload()
        self.assertEqual(correction.line_ids.mapped("billed_quantity"), [10, 2])

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.correction.account_move_approved import (
    TEXT_FIELDS,
)
from odoo.addons.invoicing_clerk.tests.correction.common import CorrectionCommon

# Switches of core with which callers skip its own checks.
SKIPPED = {
    "skip_readonly_check": True,
    "check_move_validity": False,
    "force_delete": True,
    "dynamic_unlink": True,
    "skip_invoice_sync": True,
}


class ApprovedCommon(CorrectionCommon):
    """Documents of every remedy, and people who try to change them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a.sudo().clerk_write_off_account_id = cls.company_data[
            "default_account_expense"
        ]
        cls.accountant = cls._new_user("accountant_a", "account.group_account_manager")
        cls.people = cls.accountant | cls.supervisor | cls.env.ref("base.user_root")

    def _applied(self, case):
        """Apply a correction; return it with the documents that it binds."""
        move = self._posted((10, 20.0), (1, 50.0), ref="PO 7")
        correction = getattr(self, f"_{case}")(move)
        bound = correction.document_ids
        if case not in ("write_off", "transfer"):
            bound |= move
        return correction, bound

    def _credit(self, move):
        return self._corrected(move, lines={0: {"quantity": 8}})

    def _debit(self, move):
        return self._corrected(move, lines={0: {"price_unit": 25}})

    def _credit_full(self, move):
        return self._corrected(move, "credit_full")

    def _rebill(self, move):
        return self._corrected(move, "rebill", lines={0: {"quantity": 9}})

    def _write_off(self, move):
        self._pay(move, move.amount_residual - 4)
        return self._corrected(move, "write_off")

    def _transfer(self, move):
        self._pay(move)
        other = self._posted((10, 20.0), partner=self.partner_b)
        correction = self._correction(move, "reallocate", user=self.supervisor)
        correction.allocation_ids[0].to_move_id = other
        correction.action_apply()
        return correction

    def _reissue(self, move):
        return self._corrected(move, "reissue", reference="PO 77")


CASES = ("credit", "debit", "credit_full", "rebill", "write_off", "transfer", "reissue")


@tagged("post_install", "-at_install")
class TestAccountMoveApproved(ApprovedCommon):
    """Documents of applied corrections stay as they were approved.

    The table would have caught: a credit note that was approved with 40 was reset,
    changed to 400 and posted again by anybody who may post.
    """

    def test_no_document_of_any_remedy_is_reset_or_deleted(self):
        tried = 0
        for case in CASES:
            correction, bound = self._applied(case)
            for document in bound:
                for person in self.people:
                    for attempt, act in self._resets(document.with_user(person)):
                        with self.subTest(case, what=attempt, person=person.login):
                            self._check_refused(act, correction)
                        tried += 1
        self.assertEqual(tried, (4 * 2 + 3 + 1 + 1) * 3 * 4 - 12)

    def test_no_field_of_a_document_changes(self):
        tried = 0
        for case in ("credit", "write_off", "reissue"):
            correction, bound = self._applied(case)
            for document in bound:
                changes = self._changes(document.with_user(self.accountant))
                for attempt, act in changes:
                    with self.subTest(case, what=attempt):
                        self._check_refused(act, correction)
                    tried += 1
        self.assertGreater(tried, 200)

    def _check_refused(self, act, correction):
        """Not `assertRaises`, whose savepoint empties the cache each time."""
        refusal = ""
        try:
            act()
        except UserError as error:
            refusal = str(error)
        self.assertIn(correction.name, refusal)
        self.assertIn("Start another correction of", refusal)

    def _resets(self, document):
        """Yield attempts to take back a document, each with its name."""
        yield "reset", lambda: self._undone(document.button_draft)
        yield "cancel", lambda: self._undone(document.button_cancel)
        yield "state", lambda: document.write({"state": "draft"})
        forced = document.with_context(**SKIPPED)
        yield "delete", lambda: self._undone(forced.unlink)

    def _undone(self, act):
        with self.env.cr.savepoint():
            act()

    def _changes(self, document):
        """Yield attempts to change a document, each with its name."""
        forced = document.with_context(**SKIPPED)
        values = self._other_values(document)
        names = values.keys()
        if not document.correction_id and document.ref != "PO 77":
            names -= TEXT_FIELDS
        for name in sorted(names):
            yield name, lambda name=name: forced.write({name: values[name]})
        lines = forced.line_ids
        yield "lines", lambda: forced.write({"line_ids": [Command.clear()]})
        yield "new lines", lambda: self._undone(lambda: self._add_lines(document))
        yield "delete line", lambda: self._undone(lines[0].unlink)
        for name, value in self._other_line_values(lines[0]).items():
            yield name, lambda name=name, value=value: lines[0].write({name: value})

    def _add_lines(self, document):
        account = self.company_data["default_account_revenue"]
        return document.line_ids.with_context(**SKIPPED).create(
            [
                {
                    "move_id": document.id,
                    "name": "More",
                    "account_id": account.id,
                    "balance": amount,
                }
                for amount in (5.0, -5.0)
            ]
        )

    def _other_values(self, document):
        other = self._other
        return {
            "state": "draft",
            "posted_before": False,
            "name": "X/1",
            "move_type": "out_receipt",
            "company_id": self.company_b.id,
            "journal_id": other("account.journal", document.journal_id),
            "partner_id": self.partner_b.id,
            "commercial_partner_id": self.partner_b.id,
            "partner_shipping_id": self.partner_b.id,
            "fiscal_position_id": other("account.fiscal.position"),
            "date": "2020-01-01",
            "invoice_date": "2020-01-01",
            "invoice_date_due": "2030-01-01",
            "delivery_date": "2020-01-01",
            "currency_id": other("res.currency", document.currency_id),
            "invoice_currency_rate": 7.0,
            "invoice_cash_rounding_id": self.env["account.cash.rounding"]
            .sudo()
            .create(
                {
                    "name": "0.05",
                    "rounding": 0.05,
                    "strategy": "add_invoice_line",
                    "profit_account_id": self.company_data[
                        "default_account_revenue"
                    ].id,
                }
            )
            .id,
            "invoice_payment_term_id": other(
                "account.payment.term", document.invoice_payment_term_id
            ),
            "reversed_entry_id": other(
                "account.move", document | document.reversed_entry_id
            ),
            "debit_origin_id": other(
                "account.move", document | document.debit_origin_id
            ),
            "ref": "PO 8",
            "payment_reference": "Another",
            "narration": "Another",
            "invoice_origin": "SO 1",
            **{
                name: 12345.0
                for name in self.env["account.move"]._approved_fields
                if name.startswith("amount_")
            },
        }

    def _other_line_values(self, line):
        other = self._other
        return {
            "move_id": self._posted((1, 10.0)).id,
            "account_id": other("account.account", line.account_id),
            "partner_id": self.outsider.partner_id.id,
            "currency_id": other("res.currency", line.currency_id),
            "display_type": "line_note",
            "product_id": self.product_a.id,
            "product_uom_id": other("uom.uom", line.product_uom_id),
            "name": "Another",
            "date": "2020-01-01",
            "date_maturity": "2030-01-01",
            "tax_ids": [Command.set(self.company_data["default_tax_purchase"].ids)],
            "tax_line_id": other("account.tax", line.tax_line_id),
            "tax_repartition_line_id": other(
                "account.tax.repartition.line", line.tax_repartition_line_id
            ),
            "tax_tag_ids": [
                Command.create({"name": "Tag", "applicability": "taxes"}),
            ],
            **{
                name: 12345.0
                for name, field in line._fields.items()
                if name in line._approved_fields and field.type in ("float", "monetary")
            },
        }

    def _other(self, model, record=None):
        domain = [("id", "not in", record.ids if record else [])]
        found = self.env[model].sudo().search(domain, limit=1)
        if not found and model == "account.fiscal.position":
            found = self.env[model].sudo().create({"name": "Other"})
        return found.id

    def test_the_table_has_every_approved_field(self):
        correction, bound = self._applied("credit")
        self.assertEqual(self._other_values(bound[:1]).keys(), bound._approved_fields)
        lines = bound.line_ids
        self.assertEqual(
            self._other_line_values(lines[:1]).keys(), lines._approved_fields
        )
        self.assertEqual(correction.state, "applied")

    # Not in the way

    def test_later_flows_work(self):
        for case in CASES:
            with self.subTest(case):
                correction, bound = self._applied(case)
                self._check_flows(bound)
                self.assertEqual(set(bound.mapped("state")), {"posted"})
                self.assertEqual(correction.state, "applied")

    def _check_flows(self, bound):
        invoices = bound.filtered(lambda each: each.is_invoice())
        if unpaid := invoices.filtered("amount_residual"):
            self._pay(unpaid)
        bound.line_ids.remove_move_reconcile()
        self.env["account.move.send"]._generate_and_send_invoices(
            invoices, sending_methods={"manual"}
        )
        for document in bound.with_user(self.accountant):
            # A form sends values again that have not changed.
            document.write({"ref": document.ref, "is_move_sent": True})
            document.line_ids[0].write(
                {
                    "name": document.line_ids[0].name,
                    "date_maturity": document.line_ids[0].date_maturity,
                    "tax_ids": [Command.set(document.line_ids[0].tax_ids.ids)],
                }
            )
        bound.line_ids.filtered(
            lambda line: line.account_id.internal_group == "income"
        ).analytic_distribution = False

    def test_documents_are_hashed_and_their_period_is_locked(self):
        bound = self.env["account.move"].union(
            *(self._applied(case)[1] for case in CASES)
        )
        bound.journal_id.sudo().restrict_mode_hash_table = True
        bound._hash_moves(force_hash=True)
        self.assertTrue(all(bound.mapped("inalterable_hash")))
        self.company_a.sudo().fiscalyear_lock_date = max(bound.mapped("date"))
        self.assertEqual(set(bound.mapped("state")), {"posted"})

    def test_correct_again(self):
        move = self._posted((10, 20.0), ref="PO 7")
        self._corrected(move, lines={0: {"quantity": 8}})
        self._corrected(move, "reissue", reference="PO 77")
        self._corrected(move, "reissue", reference="PO 777")
        self._corrected(move, lines={0: {"quantity": 7}})
        made = self._corrected(move, "rebill").document_ids
        rebill = made.filtered(lambda each: each.correction_role == "rebill")
        self.assertEqual(rebill.amount_untaxed, 140)
        self.assertEqual(
            self._corrected(rebill, "credit_full").document_ids.amount_untaxed, 140
        )

    def test_texts_of_an_original_whose_lines_were_corrected(self):
        move = self._applied("credit")[1].filtered(lambda each: not each.correction_id)
        move.with_user(self.accountant).ref = "PO 8"
        self.assertEqual(move.ref, "PO 8")

    def test_documents_without_applied_correction_are_reset(self):
        move = self._posted((10, 20.0))
        self._correction(move)
        move.button_draft()
        move.invoice_line_ids.price_unit = 21
        move.action_post()
        self.assertEqual(move.amount_untaxed, 210)

    def test_originals_of_write_offs_and_transfers_are_reset(self):
        for case in ("write_off", "transfer"):
            with self.subTest(case):
                move = self._applied(case)[0].move_id
                move.button_draft()
                self.assertEqual(move.state, "draft")

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.mixin.evidence_file import (
    BrokenSealError,
    SealedFileError,
)

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseInvoice(ExpenseCommon):
    """Expenses whose invoices are deleted, cancelled or credited are billable again;
    while they are billed, they stay as they are, and so do their receipts."""

    # Billable again

    def test_deleted_draft(self):
        expense = self._expense()
        self._charge(expense).unlink()
        self.assertEqual(
            (expense.clerk_charge_state, expense.clerk_line_id.id), ("to_bill", False)
        )
        self._charge(expense)
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_deleted_line(self):
        first, second = self._expense(10.0), self._expense(20.0)
        move = self._charge(first | second)
        first.clerk_line_id.unlink()
        self.assertEqual(first.clerk_charge_state, "to_bill")
        self.assertEqual(second.clerk_charge_state, "billed")
        self.assertEqual(move.amount_untaxed, 20.0)

    def test_cancelled_draft(self):
        expense = self._expense()
        move = self._charge(expense)
        move.button_cancel()
        self.assertEqual(expense.clerk_charge_state, "to_bill")
        move.button_draft()
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_cancelled_invoice_does_not_come_back_beside_another(self):
        expense = self._expense()
        first = self._charge(expense)
        first.button_cancel()
        second = self._charge(expense)
        with self._refused(UserError, "would both bill the expense"):
            first.button_draft()
        self.assertEqual(expense.clerk_move_id, second)

    def test_credited_in_full(self):
        expense = self._expense()
        first = self._charged_and_posted(expense)
        note = self._credit_note(first.with_env(self.env))
        self.assertEqual(expense.clerk_charge_state, "to_bill")
        self.assertEqual(note.invoice_line_ids.clerk_expense_id.id, expense.id)
        second = self._charged_and_posted(expense)
        self.assertEqual(expense.clerk_move_id, second)
        with self._refused(UserError, "would both bill the expense"):
            note.button_draft()

    def test_credited_in_part(self):
        expense = self._expense()
        move = self._charged_and_posted(expense)
        self._credit_note(move.with_env(self.env), price_unit=40.0)
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_draft_credit_note_changes_nothing(self):
        expense = self._expense()
        move = self._charged_and_posted(expense).with_env(self.env)
        move._reverse_moves([{"invoice_date": "2026-01-25"}])
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_replaced_invoice_bills_it(self):
        expense = self._expense()
        move = self._charged_and_posted(expense).with_env(self.env)
        new = self._credit_note(move, is_modify=True)
        self.assertEqual(
            (expense.clerk_charge_state, expense.clerk_move_id.id), ("billed", new.id)
        )
        self.assertNotEqual(new, move)

    def test_corrected_by_a_clerk(self):
        expense = self._expense()
        move = self._charged_and_posted(expense)
        correction = self._corrected(move.with_env(self.env), "credit_full")
        self.assertEqual(correction.state, "applied")
        self.assertEqual(expense.clerk_charge_state, "to_bill")

    def test_price_corrected_by_a_clerk(self):
        expense = self._expense()
        move = self._charged_and_posted(expense)
        self._corrected(move.with_env(self.env), lines={0: {"price_unit": 90.0}})
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_copy_bills_nothing(self):
        expense = self._expense()
        move = self._charge(expense)
        copy = move.copy()
        self.assertFalse(copy.invoice_line_ids.clerk_expense_id)
        self.assertEqual(expense.clerk_move_id, move)

    # As it was billed

    def test_terms_stay_while_billed(self):
        expense = self._expense()
        move = self._charge(expense)
        billed = "is billed to partner_a on"
        for values in (
            {"clerk_customer_id": self.partner_b.id},
            {"clerk_markup": 3.0},
            {"clerk_charge": "markup"},
        ):
            with self.subTest(values), self._refused(UserError, billed):
                expense.write(values)
        self.assertFalse(expense.clerk_can_charge)
        move.unlink()
        self.assertTrue(expense.clerk_can_charge)
        expense.clerk_customer_id = self.partner_b

    def test_neither_refused_nor_reset_nor_changed_while_billed(self):
        expense = self._expense()
        move = self._charge(expense)
        managed = expense.with_user(self.manager)
        for call in (
            lambda: managed._do_refuse("No"),
            lambda: managed.action_reset(),
            lambda: managed.write({"total_amount_currency": 5.0}),
        ):
            with self._refused(UserError, "is billed to partner_a on"):
                call()
        self.assertEqual((expense.state, expense.total_amount), ("approved", 100.0))
        move.unlink()
        managed._do_refuse("No")
        self.assertEqual(expense.clerk_charge_state, "pending")

    def test_posted_and_paid_while_billed(self):
        expense = self._expense()
        self._charge(expense)
        expense.sudo()._post_without_wizard()
        self.assertEqual(expense.state, "posted")
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_once_charged_on_it_is_kept(self):
        expense = self._expense()
        move = self._charged_and_posted(expense).with_env(self.env)
        self._credit_note(move)
        managed = expense.with_user(self.manager)
        managed.action_reset()
        with self.assertRaisesRegex(UserError, "was charged on by .* kept on record"):
            managed.unlink()

    def test_link_is_for_steps_only(self):
        expense = self._expense()
        line = self._charge(expense).invoice_line_ids
        for user in (self.clerk, self.supervisor):
            with self._refused(AccessError):
                line.with_user(user).clerk_expense_id = False

    # Receipts

    def test_receipts_are_with_the_invoice(self):
        expense = self._expense()
        self._receipt(expense, "menu.pdf")
        move = self._charge(expense)
        for user in (self.clerk, self.auditor):
            receipts = move.with_user(user).clerk_receipt_ids
            self.assertEqual(set(receipts.mapped("name")), {"receipt.pdf", "menu.pdf"})
            self.assertTrue(all(receipts.mapped("raw")))
        self.assertEqual(move.clerk_expense_count, 1)
        action = move.action_open_charged_expenses()
        self.assertEqual(action["domain"], [("id", "in", expense.ids)])
        self.assertEqual(expense.action_open_charging_invoice()["res_id"], move.id)

    def test_receipts_cannot_be_changed(self):
        expense = self._expense()
        receipt = self._receipt(expense, "menu.pdf")
        self._charge(expense)
        for change in (
            lambda: receipt.write({"raw": b"other"}),
            lambda: receipt.unlink(),
            lambda: receipt.write({"res_id": self._draft_expense().id}),
        ):
            with self._refused(SealedFileError, "is evidence"):
                change()
        self._receipt(expense, "later.pdf").unlink()

    def test_damaged_receipt_is_withheld(self):
        expense = self._expense()
        receipt = expense.sudo().attachment_ids
        self._charge(expense)
        self.assertFalse(expense.evidence_problem)
        self._tamper(receipt, b"forged")
        self.assertIn("Its content has been changed", expense.evidence_problem)
        with self.assertRaises(BrokenSealError):
            self.assertTrue(receipt.with_user(self.clerk).sudo(False).raw)

    def test_receipts_go_into_evidence_packs(self):
        expense = self._expense()
        move = self._charged_and_posted(expense)
        evidence = self.env["clerk.audit.pack.evidence"].with_user(self.auditor)
        found = evidence._gather(move.with_user(self.auditor))
        names = [piece.name for piece in found.pieces[move.with_user(self.auditor)]]
        self.assertIn("expenses.csv", names)
        self.assertTrue(any("receipt" in name for name in names), names)

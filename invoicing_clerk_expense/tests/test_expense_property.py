from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.properties import property_of

from ..rules.expense import BILLABLE
from .common import ExpenseCommon

STEPS = ("bill", "bill_two", "delete", "cancel", "credit", "waive", "undo")


@tagged("post_install", "-at_install")
class TestExpenseProperty(ExpenseCommon):
    """Billed, to bill and waived are all that is charged on, whatever is done."""

    @property_of(12)
    @given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 3)), max_size=8))
    def test_nothing_is_lost_or_billed_twice(self, steps):
        with self.env.cr.savepoint() as savepoint:
            mine = self.env["hr.expense"].with_user(self.clerk)
            expenses = mine.union(
                *[self._expense(10.0 * 2**number) for number in range(4)]
            )
            for step, number in steps:
                self._take(step, expenses, expenses[number])
                self._check(expenses)
            savepoint.rollback()
            self.env.invalidate_all()

    def _take(self, step, expenses, expense):
        state, move = expense.clerk_charge_state, expense.clerk_move_id
        if step == "bill_two":
            others = expenses.filtered(
                lambda each: each.clerk_charge_state == "to_bill"
            )
            self._charge(others[:2] or expense) if others else None
        elif step == "bill" and state == "to_bill":
            self._charged_and_posted(expense)
        elif step == "delete" and move.state == "draft":
            expense.clerk_line_id.unlink()
        elif step == "cancel" and move.state == "draft":
            move.button_cancel()
        elif step == "credit" and move.state == "posted":
            self._credit_note(move.with_env(self.env))
        elif step == "waive" and state == "to_bill":
            expense._waive("Goodwill")
        elif step == "undo" and state == "waived":
            expense.action_undo_waiver()

    def _to_bill(self, expenses):
        return expenses.filtered(lambda each: each.clerk_charge_state == "to_bill")

    def _check(self, expenses):
        parts = dict.fromkeys(BILLABLE, 0.0)
        for expense in expenses:
            parts[expense.clerk_charge_state] += expense.clerk_cost
        self.assertEqual(sum(parts.values()), 150.0)
        self.assertEqual(self._billed_by_the_ledger(expenses), parts["billed"])

    def _billed_by_the_ledger(self, expenses):
        """Return what all documents bill net, without any field of the expenses."""
        lines = self.env["account.move.line"].search(
            [
                ("clerk_expense_id", "in", expenses.ids),
                ("parent_state", "!=", "cancel"),
            ]
        )
        return sum(
            line.price_subtotal * (1 if line.move_type == "out_invoice" else -1)
            for line in lines
        )

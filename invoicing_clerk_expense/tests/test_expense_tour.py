from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase

from .common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseTour(ExpenseCommon, TourCase):
    """A clerk charges the expenses of a customer on, in a browser."""

    def test_charged_on(self):
        expenses = self._expense(80.0) | self._expense(20.0)
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/expenses-to-charge-on",
            "invoicing_clerk_expense_charged_on",
            login="clerk_a",
        )
        self.env.invalidate_all()
        self.assertEqual(set(expenses.mapped("clerk_charge_state")), {"billed"})
        self.assertEqual(expenses.clerk_move_id.amount_untaxed, 100.0)

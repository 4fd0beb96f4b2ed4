from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk_expense.tests.common import ExpenseCommon


@tagged("post_install", "-at_install")
class TestExpenseOrder(ExpenseCommon):
    """Expenses of a sales order: charged to its customer and billed by the order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("sales_team.group_sale_manager")
        cls.meals.expense_policy = "cost"
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.partner_b.id,
                "order_line": [
                    Command.create({"product_id": cls.product_a.id, "price_unit": 9.0})
                ],
            }
        )
        cls.order.action_confirm()

    def _of_order(self, **values):
        expense = self._draft_expense(sale_order_id=self.order.id, **values)
        expense.write({"approval_state": "approved", "manager_id": self.manager.id})
        return expense.with_user(self.clerk).sudo(False)

    def test_customer_of_the_order(self):
        expense = self._of_order()
        self.assertEqual(expense.clerk_customer_id, self.partner_b)
        self.assertEqual(expense.clerk_charge_state, "order")

    def test_not_billed_twice(self):
        expense = self._of_order()
        with self.assertRaisesRegex(UserError, f"The order {self.order.name} bills"):
            self._charge(expense)
        account = self.env["account.analytic.account"].create(
            {
                "name": "Project",
                "plan_id": self.env["account.analytic.plan"]
                .create({"name": "Projects"})
                .id,
            }
        )
        expense.sudo().analytic_distribution = {str(account.id): 100}
        expense.sudo()._post_without_wizard()
        self.assertTrue(expense.sudo().sale_order_line_id)
        self.assertEqual(expense.clerk_charge_state, "order")

    def test_billed_by_a_clerk_is_not_put_on_an_order(self):
        expense = self._expense()
        self._charge(expense)
        with self.assertRaisesRegex(UserError, "is billed to partner_a on"):
            expense.sudo().sale_order_id = self.order

    def test_without_its_order_a_clerk_bills_it(self):
        expense = self._of_order()
        expense.sudo().sale_order_id = False
        self.assertEqual(
            (expense.clerk_charge_state, expense.clerk_customer_id),
            ("to_bill", self.partner_b),
        )
        self._charge(expense)
        self.assertEqual(expense.clerk_charge_state, "billed")

    def test_register_by_order(self):
        expense = self._of_order()
        groups = (
            self.env["hr.expense"]
            .with_user(self.clerk)
            ._read_group([("id", "=", expense.id)], ["sale_order_id"], ["__count"])
        )
        self.assertEqual(groups, [(self.order.with_user(self.clerk), 1)])
        views = self.env["hr.expense"].with_user(self.auditor)
        action = self.env.ref("invoicing_clerk_expense.clerk_expense_action")
        arch = views.get_view(
            self.env.ref("invoicing_clerk_expense.clerk_expense_view_list").id, "list"
        )["arch"]
        self.assertIn("sale_order_id", arch)
        self.assertEqual(action.res_model, "hr.expense")

from odoo.fields import Command, Date
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.copied_database import transaction
from odoo.addons.invoicing_clerk.tests.receipt.test_receipt_concurrency import (
    ReceiptConcurrencyCommon,
)

from ..models.hr_expense_charge import InvoiceTerms


@tagged("post_install", "-at_install")
class TestExpenseConcurrency(ReceiptConcurrencyCommon):
    """Two clerks charge on one expense, in transactions that really meet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with transaction(cls.registry) as env:
            cls.customer_id = env["res.partner"].create({"name": "Customer"}).id
            cls.employee_id = env["hr.employee"].create({"name": "Traveller"}).id
            cls.product_id = (
                env["product.product"]
                .create(
                    {
                        "name": "Meals",
                        "type": "service",
                        "can_be_expensed": True,
                        "standard_price": 0.0,
                        "supplier_taxes_id": [Command.clear()],
                    }
                )
                .id
            )

    def _expense(self):
        with transaction(self.registry) as env:
            expense = env["hr.expense"].create(
                {
                    "name": "Dinner",
                    "employee_id": self.employee_id,
                    "product_id": self.product_id,
                    "total_amount_currency": 100.0,
                    "clerk_customer_id": self.customer_id,
                }
            )
            env["ir.attachment"].create(
                {
                    "name": "receipt.pdf",
                    "raw": blank_pdf(),
                    "res_model": "hr.expense",
                    "res_id": expense.id,
                }
            )
            expense.write({"approval_state": "approved"})
            return expense.id

    def _charge(self, expense):
        terms = InvoiceTerms(
            Date.to_date("2026-01-20"), expense.env["res.currency"], False
        )
        expense._charge_on(terms)

    def test_billed_once(self):
        expense_id = self._expense()
        charge = (expense_id, self._charge)
        refused = self._at_once("hr.expense", charge, charge)
        self.assertEqual(len(refused), 1, refused)
        self.assertRegex(refused[0], "Somebody else is charging on|is Billed")
        with transaction(self.registry) as env:
            expense = env["hr.expense"].browse(expense_id)
            self.assertEqual(len(expense.clerk_line_ids), 1)
            self.assertEqual(expense.clerk_charge_state, "billed")

    def test_billed_or_waived(self):
        expense_id = self._expense()
        calls = (
            (expense_id, self._charge),
            (expense_id, lambda expense: expense._waive("Goodwill")),
        )
        refused = self._at_once("hr.expense", *calls)
        self.assertEqual(len(refused), 1, refused)
        self.assertRegex(refused[0], "Somebody else is charging on|is Billed|is Waived")
        with transaction(self.registry) as env:
            expense = env["hr.expense"].browse(expense_id)
            is_billed = bool(expense.clerk_line_ids)
            self.assertNotEqual(is_billed, bool(expense.clerk_waiver))

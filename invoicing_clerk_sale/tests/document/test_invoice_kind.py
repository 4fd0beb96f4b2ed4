from odoo.tests import tagged

from odoo.addons.invoicing_clerk_sale.tests.common import SaleCommon


@tagged("post_install", "-at_install")
class TestInvoiceKind(SaleCommon):
    """The file of an invoice that charges expenses on needs their receipts."""

    def test_expenses_charged_on(self):
        self.env.ref("invoicing_clerk_sale.invoice_kind_expense").sudo().active = True
        expense, other = self._order(), self._order()
        expense.order_line.is_expense = True
        invoices = self._invoiced(expense) + self._invoiced(other)
        files = self.env["clerk.invoice.file"].sudo()
        files._refresh()
        needed = [
            files.search([("move_id", "=", invoice.id)]).missing_names
            for invoice in invoices
        ]
        self.assertEqual(needed, ["Receipt of an Expense", False])

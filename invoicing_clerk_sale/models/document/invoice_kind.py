from odoo import fields, models
from odoo.tools import SQL


class ClerkInvoiceKind(models.Model):
    """Invoices that charge expenses on."""

    _inherit = "clerk.invoice.kind"

    has_expenses = fields.Boolean(
        string="Expenses Charged On",
        help="Only invoices with an expense of an order among their lines.",
    )

    def _conditions(self):
        yield from super()._conditions()
        if self.has_expenses:
            yield SQL(
                """EXISTS (SELECT 1
                             FROM account_move_line AS line
                             JOIN sale_order_line_invoice_rel AS rel
                               ON rel.invoice_line_id = line.id
                             JOIN sale_order_line AS billed
                               ON billed.id = rel.order_line_id AND billed.is_expense
                            WHERE line.move_id = move.id)"""
            )

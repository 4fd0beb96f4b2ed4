from odoo import fields, models

from ..models.hr_expense_charge import InvoiceTerms


class ClerkExpenseCharge(models.TransientModel):
    """Put expenses on invoices to the customers they are charged to."""

    _name = "clerk.expense.charge"
    _description = "Charge Expenses On"
    _inherit = "clerk.checked"

    expense_ids = fields.Many2many("hr.expense", string="Expenses", required=True)
    date = fields.Date(
        string="Invoice Date",
        required=True,
        default=fields.Date.context_today,
        help="Expenses in another currency are converted at the rate of this day.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        string="Invoice Currency",
        help="Company currency if empty.",
    )
    adds_to_drafts = fields.Boolean(
        string="Add to Existing Drafts",
        help="Adds lines to the latest draft invoice of the customer in this currency, "
        "if there is one. The date of that invoice counts.",
    )

    def action_charge(self):
        """Make the invoices, and open them."""
        self.ensure_one()
        terms = InvoiceTerms(self.date, self.currency_id, self.adds_to_drafts)
        expenses = self.expense_ids
        moves = expenses._charge_on(terms)
        failed = expenses.filtered(lambda each: each.clerk_charge_state != "billed")
        return self._result(expenses, failed, moves)

    def _result(self, expenses, failed, moves):
        invoices = self._open_invoices(moves)
        if not failed:
            return invoices
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": self.env._(
                    "Charged on: %(done)s. Failed: %(failed)s. The reason is shown on "
                    "each expense.",
                    done=len(expenses) - len(failed),
                    failed=len(failed),
                ),
                "next": invoices if moves else {"type": "ir.actions.act_window_close"},
            },
        }

    def _open_invoices(self, moves):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        if len(moves) == 1:
            return {**action, "views": [(False, "form")], "res_id": moves.id}
        return {**action, "domain": [("id", "in", moves.ids)], "context": {}}

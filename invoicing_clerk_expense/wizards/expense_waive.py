from odoo import fields, models


class ClerkExpenseWaive(models.TransientModel):
    """Give up charging expenses on, with a reason."""

    _name = "clerk.expense.waive"
    _description = "Waive Expenses"
    _inherit = "clerk.checked"

    expense_ids = fields.Many2many("hr.expense", string="Expenses", required=True)
    reason = fields.Char(required=True, size=200)

    def action_waive(self):
        """Waive the expenses."""
        self.ensure_one()
        self.expense_ids._waive(self.reason)
        return {"type": "ir.actions.act_window_close"}

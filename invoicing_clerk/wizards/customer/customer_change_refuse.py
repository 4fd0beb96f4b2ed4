from odoo import fields, models


class ClerkCustomerChangeRefuse(models.TransientModel):
    """Refuse a change of customer data, with a reason."""

    _name = "clerk.customer.change.refuse"
    _description = "Refuse a Change of Customer Data"
    _inherit = "clerk.checked"

    change_id = fields.Many2one(
        "clerk.customer.change", required=True, ondelete="cascade"
    )
    reason = fields.Text(required=True)

    def action_refuse(self):
        """Refuse the change."""
        self.change_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}

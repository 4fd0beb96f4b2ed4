from odoo import api, fields, models
from odoo.exceptions import UserError

STEPS = [
    ("override", "Continue as New Customer"),
    ("return", "Send Back"),
    ("reject", "Reject"),
    ("block", "Block"),
]


class ClerkCustomerReason(models.TransientModel):
    """The reason for a step of a new customer, or for the block of any customer."""

    _name = "clerk.customer.reason"
    _description = "Reason for a Step of a New Customer"
    _inherit = "clerk.checked"

    request_id = fields.Many2one("clerk.customer.request", ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    step = fields.Selection(STEPS, required=True)
    match_html = fields.Html(related="request_id.match_html")
    reason = fields.Text(required=True)

    @api.model
    def _steps(self):
        request = self.request_id
        if not request:
            return {"block": self.partner_id._block_customer}
        return {
            "override": request.action_override,
            "return": request.action_return,
            "reject": request.action_reject,
            "block": request.action_block,
        }

    def action_confirm(self):
        """Take the step."""
        self.ensure_one()
        step = self._steps().get(self.step)
        if not step:
            raise UserError(self.env._("This action is not available."))
        step(self.reason)
        return {"type": "ir.actions.act_window_close"}

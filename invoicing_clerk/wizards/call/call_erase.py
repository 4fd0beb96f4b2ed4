from odoo import api, fields, models


class ClerkCallErase(models.TransientModel):
    """The dialog that erases the calls of a customer or contact on request."""

    _name = "clerk.call.erase"
    _description = "Erase Calls"
    _inherit = "clerk.checked"

    partner_id = fields.Many2one(
        "res.partner", string="Customer or Contact", required=True, readonly=True
    )
    call_count = fields.Integer(string="Calls", compute="_compute_call_count")
    reason = fields.Char(
        required=True, help="Requester and date of the request. Logged in the chatter."
    )

    @api.depends("partner_id")
    def _compute_call_count(self):
        for request in self:
            request.call_count = len(request.partner_id._calls_as_subject())

    def action_apply(self):
        """Erase the calls, irrevocably."""
        self.ensure_one()
        self.partner_id._erase_calls(self.reason)
        return {"type": "ir.actions.act_window_close"}

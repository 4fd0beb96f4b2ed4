from odoo import api, fields, models


class ClerkVoucherReturn(models.TransientModel):
    """Send a voucher back to whoever prepared it, with a reason."""

    _name = "clerk.voucher.return"
    _description = "Send a Voucher Back"
    _inherit = "clerk.checked"

    voucher_id = fields.Many2one(
        "clerk.voucher",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_voucher(),
    )
    reason = fields.Text(required=True)

    @api.model
    def _default_voucher(self):
        context = self.env.context
        if context.get("active_model") != "clerk.voucher":
            return False
        return context.get("active_id")

    def action_return(self):
        """Send the voucher back."""
        self.voucher_id.action_return(self.reason)
        return {"type": "ir.actions.act_window_close"}

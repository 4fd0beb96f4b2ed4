from odoo import api, fields, models


class ClerkVoucherVoid(models.TransientModel):
    """Void the payment of a voucher, with a reason."""

    _name = "clerk.voucher.void"
    _description = "Void the Payment of a Voucher"
    _inherit = "clerk.checked"

    voucher_id = fields.Many2one(
        "clerk.voucher",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_voucher(),
    )
    payment_id = fields.Many2one(related="voucher_id.payment_id")
    reference = fields.Char(related="voucher_id.reference")
    is_cleared = fields.Boolean(
        string="Cleared by the Bank",
        related="voucher_id.payment_id.is_matched",
        help="The bank has moved the money.",
    )
    date = fields.Date(
        string="Date of the Reversal",
        required=True,
        default=fields.Date.context_today,
    )
    reason = fields.Text(required=True)

    @api.model
    def _default_voucher(self):
        context = self.env.context
        if context.get("active_model") != "clerk.voucher":
            return False
        return context.get("active_id")

    def action_void(self):
        """Void the payment."""
        self.voucher_id.action_void(self.reason, self.date)
        return {"type": "ir.actions.act_window_close"}

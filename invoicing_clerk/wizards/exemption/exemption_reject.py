from odoo import fields, models


class ClerkExemptionReject(models.TransientModel):
    """The reason why a certificate is rejected, and the invoices that refer to it."""

    _name = "clerk.exemption.reject"
    _description = "Rejection of an Exemption Certificate"
    _inherit = "clerk.checked"

    exemption_id = fields.Many2one("clerk.exemption", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="exemption_id.currency_id")
    move_count = fields.Integer(related="exemption_id.move_count")
    tax_at_stake = fields.Monetary(related="exemption_id.tax_at_stake")
    unknown_count = fields.Integer(related="exemption_id.unknown_count")
    reason = fields.Text(required=True)

    def action_reject(self):
        """Reject the certificate."""
        self.ensure_one()
        self.exemption_id.action_reject(self.reason)
        return {"type": "ir.actions.act_window_close"}

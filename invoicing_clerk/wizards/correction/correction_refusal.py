from odoo import fields, models


class ClerkCorrectionRefusal(models.TransientModel):
    """Refuse a correction with a reason."""

    _name = "clerk.correction.refusal"
    _description = "Refuse a Correction"
    _inherit = "clerk.checked"

    correction_id = fields.Many2one(
        "clerk.correction",
        required=True,
        ondelete="cascade",
        default=lambda self: self.env.context.get("active_id"),
    )
    reason = fields.Text(required=True)

    def action_refuse(self):
        self.correction_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}

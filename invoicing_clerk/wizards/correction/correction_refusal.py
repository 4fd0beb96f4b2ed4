from odoo import api, fields, models


class ClerkCorrectionRefusal(models.TransientModel):
    """Refuse a correction, or a batch of them, with a reason."""

    _name = "clerk.correction.refusal"
    _description = "Refuse a Correction"
    _inherit = "clerk.checked"

    correction_id = fields.Many2one(
        "clerk.correction",
        ondelete="cascade",
        default=lambda self: self._default_id("clerk.correction"),
    )
    batch_id = fields.Many2one(
        "clerk.correction.batch",
        ondelete="cascade",
        default=lambda self: self._default_id("clerk.correction.batch"),
    )
    reason = fields.Text(required=True)

    @api.model
    def _default_id(self, model):
        context = self.env.context
        return context.get("active_model") == model and context.get("active_id")

    def action_refuse(self):
        (self.batch_id or self.correction_id).action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}

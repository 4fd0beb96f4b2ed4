from odoo import fields, models


class ClerkCorrectionRefusal(models.TransientModel):
    """Refuse price revisions, too."""

    _inherit = "clerk.correction.refusal"

    contract_revision_id = fields.Many2one(
        "clerk.contract.revision",
        string="Price Revision",
        ondelete="cascade",
        default=lambda self: self._default_id("clerk.contract.revision"),
    )

    def action_refuse(self):
        if not self.contract_revision_id:
            return super().action_refuse()
        self.contract_revision_id.action_refuse(self.reason)
        return {"type": "ir.actions.act_window_close"}

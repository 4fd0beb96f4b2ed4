from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _prepare_default_reversal(self, move):
        """A correction says itself what its credit note holds."""
        values = super()._prepare_default_reversal(move)
        return {**values, **self.env.context.get("clerk_note_values", {})}

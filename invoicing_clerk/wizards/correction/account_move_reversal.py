from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _prepare_default_reversal(self, move):
        """A correction says itself what its credit note holds."""
        values = super()._prepare_default_reversal(move)
        if not move._is_inside():
            return values
        return {**values, **self.env.context["clerk_note_values"]}

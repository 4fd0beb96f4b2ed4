from odoo import models


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _prepare_default_reversal(self, move):
        """Take the values of a credit note from the correction that makes it."""
        values = super()._prepare_default_reversal(move)
        if not move._is_inside():
            return values
        return {**values, **self.env.context["clerk_note_values"]}

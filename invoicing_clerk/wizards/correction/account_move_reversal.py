from odoo import models

from ...models.correction.correction_note import note_values


class AccountMoveReversal(models.TransientModel):
    _inherit = "account.move.reversal"

    def _prepare_default_reversal(self, move):
        """Take the values of a credit note from the correction that makes it."""
        values = super()._prepare_default_reversal(move)
        return {**values, **note_values(move)}

from odoo import models

from ...models.correction.correction_note import note_values


class AccountDebitNote(models.TransientModel):
    _inherit = "account.debit.note"

    def _prepare_default_values(self, move):
        """Take the values of a debit note from the correction that makes it."""
        values = super()._prepare_default_values(move)
        return {**values, **note_values(move)}

from odoo import models


class AccountDebitNote(models.TransientModel):
    _inherit = "account.debit.note"

    def _prepare_default_values(self, move):
        """Take the values of a debit note from the correction that makes it."""
        values = super()._prepare_default_values(move)
        if not move._is_inside():
            return values
        return {**values, **self.env.context["clerk_note_values"]}

from odoo import models


class AccountDebitNote(models.TransientModel):
    _inherit = "account.debit.note"

    def _prepare_default_values(self, move):
        """A correction says itself what its debit note holds."""
        values = super()._prepare_default_values(move)
        if not move._is_inside():
            return values
        return {**values, **self.env.context["clerk_note_values"]}

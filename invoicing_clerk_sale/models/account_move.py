from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _is_first_billing(self):
        """Return whether the document bills by itself and amends no other."""
        self.ensure_one()
        amended = self.reversed_entry_id or self.debit_origin_id
        return self.correction_role == "rebill" or not (
            amended or self.corrected_move_id
        )

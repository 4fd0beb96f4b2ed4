from odoo import models


class AccountMoveReversal(models.TransientModel):
    """Invoices that are credited and entered anew bill the same expenses."""

    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        action = super().reverse_moves(is_modify)
        if is_modify and len(self.move_ids) == len(self.new_move_ids):
            copies = self.new_move_ids.sorted("id")
            for move, copy in zip(self.move_ids, copies, strict=True):
                move._hand_on_expenses(copy)
        return action

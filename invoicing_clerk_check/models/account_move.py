from odoo import models


class AccountMove(models.Model):
    """Entries of payments by check."""

    _inherit = "account.move"

    def button_draft(self):
        """:raises UserError: a check is printed for the payment of an entry"""
        self.origin_payment_id._refuse_undo()
        return super().button_draft()

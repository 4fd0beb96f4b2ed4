from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..voucher.voucher_void import UNDONE


class AccountMove(models.Model):
    """Entries of counts of petty cash, which stay as they were found."""

    _inherit = "account.move"

    def write(self, vals):
        """:raises UserError: the entry of a booked count would be undone"""
        if vals.get("state") in UNDONE:
            self.filtered(lambda move: move.move_type == "entry")._refuse_counted()
        return super().write(vals)

    def _refuse_counted(self):
        if not self:
            return
        # sudo: protects the entries from users without a role of ours, too. They read
        # the number of the count only.
        counts = self.env["clerk.petty.count"].sudo()
        booked = Domain("move_id", "in", self.ids) & Domain("state", "=", "booked")
        if count := counts.search(booked, limit=1):
            raise UserError(
                self.env._(
                    "%(entry)s is what %(count)s found missing or over in "
                    "%(box)s, and is kept. If the count was wrong, count again.",
                    entry=count.move_id.display_name,
                    count=count.name,
                    box=count.petty_cash_id.name,
                )
            )

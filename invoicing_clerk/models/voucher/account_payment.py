from odoo import models
from odoo.fields import Domain

from .voucher_void import UNDONE


class AccountPayment(models.Model):
    """Payments of vouchers, which are voided on the voucher only."""

    _inherit = "account.payment"

    def write(self, vals):
        """:raises UserError: the payment of a paid voucher would be undone"""
        if vals.get("state") in UNDONE:
            self.env["clerk.voucher"]._refuse_undone(
                Domain("payment_id", "in", self.ids)
            )
        return super().write(vals)

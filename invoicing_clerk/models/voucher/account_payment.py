from odoo import models
from odoo.fields import Domain

from .voucher_void import UNDONE

# What people have agreed on when a payment is made.
AGREED_FIELDS = frozenset(
    {
        *("amount", "currency_id", "date", "destination_account_id", "journal_id"),
        *("partner_bank_id", "partner_id", "payment_method_line_id", "payment_type"),
    }
)


class AccountPayment(models.Model):
    """Payments of vouchers, which stay as approved, and are voided on the voucher."""

    _inherit = "account.payment"

    def write(self, vals):
        """:raises UserError: the payment of a paid voucher would change or be undone"""
        if vals.get("state") in UNDONE or AGREED_FIELDS & vals.keys():
            self.env["clerk.voucher"]._refuse_undone(
                Domain("payment_id", "in", self.ids)
            )
        return super().write(vals)

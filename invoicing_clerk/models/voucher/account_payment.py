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
        if changed := self._undone_or_changed(vals, AGREED_FIELDS):
            self.env["clerk.voucher"]._refuse_undone(
                Domain("payment_id", "in", changed.ids)
            )
        return super().write(vals)

    def _undone_or_changed(self, vals, names):
        """Return the payments that would be undone, or changed in these fields."""
        if vals.get("state") in UNDONE:
            return self
        if not names & vals.keys():
            return self.browse()
        return self.filtered(lambda each: each._would_change(vals, names))

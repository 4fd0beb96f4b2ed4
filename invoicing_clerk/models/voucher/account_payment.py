from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

UNDONE = ("draft", "canceled", "rejected", "cancel")


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


class AccountMove(models.Model):
    """Entries that were posted when a voucher was paid."""

    _inherit = "account.move"

    def write(self, vals):
        """:raises UserError: an entry of a paid voucher would be undone"""
        if vals.get("state") in UNDONE:
            self.env["clerk.voucher"]._refuse_undone(
                Domain("payment_id.move_id", "in", self.ids)
                | Domain("receipt_move_id", "in", self.ids)
            )
        return super().write(vals)


class ClerkVoucher(models.Model):
    """Vouchers, whose payments stay as long as they count as paid."""

    _inherit = "clerk.voucher"

    @api.model
    def _refuse_undone(self, domain):
        """:raises UserError: names the first paid voucher of the domain"""
        # sudo: payments are protected from users without a role of ours, too. They
        # read the number of the voucher only.
        paid = self.sudo().search(domain & Domain("state", "=", "paid"), limit=1)
        if paid:
            raise UserError(
                self.env._(
                    "%(payment)s pays the voucher %(voucher)s and cannot be undone. "
                    "If the money did not reach the payee, use Void Payment on the "
                    "voucher.",
                    payment=paid.payment_id.display_name,
                    voucher=paid.name,
                )
            )

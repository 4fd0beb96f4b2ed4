from odoo import fields, models
from odoo.exceptions import UserError

from ...rules.receipt.receipt_document import MAX_AT_ONCE
from ..mixin.gate import at_least_one
from ..mixin.roles import READERS


class AccountPayment(models.Model):
    """Payments for which official receipts are issued."""

    _inherit = "account.payment"
    _guarded_fields = frozenset({"receipt_document_ids"})
    _checked_fields = _guarded_fields

    receipt_document_ids = fields.One2many(
        "clerk.receipt.document",
        "payment_id",
        string="Official Receipts",
        groups=READERS,
    )

    def action_issue_receipt(self):
        """Issue official receipts where there are none yet, and print all of them.

        :raises UserError: one of the payments gets no receipt, or they are too many
        """
        payments = at_least_one(self)
        if len(payments) > MAX_AT_ONCE:
            raise UserError(
                self.env._(
                    "Receipts are printed at once, %(max)s at most. You have selected "
                    "%(count)s.",
                    max=MAX_AT_ONCE,
                    count=len(payments),
                )
            )
        return self.env["clerk.receipt.document"]._issue(payments).action_print()

    def _check_receivable_payments(self):
        """:raises UserError: one gets no official receipt"""
        for payment in self:
            kind = (payment.payment_type, payment.partner_type)
            if kind != ("inbound", "customer"):
                raise UserError(
                    self.env._(
                        "%s is not a payment from a customer: it gets no receipt.",
                        payment.display_name,
                    )
                )
            if payment.state not in ("in_process", "paid"):
                raise UserError(
                    self.env._(
                        "%s is not posted: post it before you issue a receipt.",
                        payment.display_name,
                    )
                )
            if payment.bounce_note:
                raise UserError(payment.bounce_note)

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixin.lock_date import entry_date_obstacle
from ..mixin.reversal import posted_reversals, reverse_payment

# States of payments and entries that no longer count.
UNDONE = ("draft", "canceled", "rejected", "cancel")


class ClerkVoucher(models.Model):
    """Payments that did not reach the payee: they are reversed, and made again.

    A check was lost, or a transfer came back. The payment and its number stay in the
    books, and the voucher is approved as it was before.
    """

    _inherit = "clerk.voucher"

    def action_void(self, reason, date=None):
        """Reverse what was posted when the vouchers were paid.

        :param reason: sent to whoever prepared the voucher, and kept
        :param date: the date of the reversals; today if empty
        :raises UserError: no reason is given, or the date is before the payment or
            locked; nothing is changed
        """
        reason = self._reason(reason)
        self.env["clerk.voucher.void"]._check_input({"date": date})
        self._begin_step("void")
        self._lock_ledger(self.payment_id.move_id)
        self.payment_id.move_id.invalidate_recordset()
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        self._check_needs("void", {"payment_date": date})
        for voucher in self:
            voucher._void(reason, date)

    def _void(self, reason, date):
        payment = self.payment_id
        self._reverse_expense(date)
        reversal = posted_reversals(payment)[:1]
        if not reversal:
            reversal = reverse_payment(payment, date, self._void_text(reason))[1]
        self._tell_preparer(
            self.env._(
                "%(payment)s (%(number)s) was voided by %(reversal)s: %(reason)s",
                payment=payment.display_name,
                number=self.reference or self.env._("without a number"),
                reversal=reversal.display_name,
                reason=reason,
            )
        )
        self._write_step(
            "void", state=self._state_after_void(), **self._without_payment()
        )

    def _state_after_void(self):
        return "approved"

    def _reverse_expense(self, date):
        if entry := self.receipt_move_id:
            partials = entry.line_ids.matched_debit_ids
            partials.unlink()
            text = self.env._("Void: %s", self.name)
            values = {"date": date, "invoice_date": date, "ref": text}
            entry._reverse_moves([values], cancel=True)

    def _void_text(self, reason):
        return self.env._(
            "%(voucher)s: void (%(reason)s)", voucher=self.name, reason=reason[:80]
        )

    def _without_payment(self):
        names = ("payment_id", "receipt_move_id", "paid_by_id")
        return dict.fromkeys((*names, "payment_date", "reference"), False)

    def _obstacle(self, step, vals):
        if step == "void":
            return self._void_problem(vals["payment_date"])
        return super()._obstacle(step, vals)

    def _void_problem(self, date):
        """Return why the payment cannot be voided on a date, or nothing."""
        if date < self.payment_date:
            return self.env._(
                "It was paid on %s. Enter that date or a later one.",
                self._date_text(self.payment_date),
            )
        return entry_date_obstacle(self.company_id, date, self.journal_id)

    def _next_note(self):
        if self.state == "paid" and (reversal := posted_reversals(self.payment_id)[:1]):
            return self.env._(
                "The payment was reversed by %s. Void the payment here, so that the "
                "voucher can be paid again.",
                reversal.display_name,
            )
        return super()._next_note()

    # Guard

    @api.model
    def _refuse_undone(self, domain):
        """:raises UserError: names the first paid voucher of the domain"""
        # sudo: payments are protected from users without a role of ours, too. They
        # read the number of the voucher only.
        paid = self.sudo().search(domain & Domain("state", "=", "paid"), limit=1)
        if paid:
            raise UserError(
                self.env._(
                    "%(payment)s pays the voucher %(voucher)s: it can be neither "
                    "changed nor undone. If the money did not reach the payee, use "
                    "Void Payment on the voucher.",
                    payment=paid.payment_id.display_name,
                    voucher=paid.name,
                )
            )

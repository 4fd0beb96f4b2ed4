from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.invoicing_clerk.models.mixin.lock_date import entry_date_obstacle
from odoo.addons.invoicing_clerk.models.mixin.reversal import (
    posted_reversals,
    reverse_payment,
)


class ClerkCheck(models.Model):
    """Checks that are not valid: spoiled paper, and voided payments."""

    _inherit = "clerk.check"

    def _reason(self, reason):
        """:raises UserError: no reason is given, or it cannot be stored"""
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Enter the reason why the check is not valid."))
        self.env["clerk.check.void"]._check_input({"reason": reason})
        return reason.strip()[:200]

    def _end_values(self, reason):
        return {
            "reason": reason,
            "ended_by_id": self.env.uid,
            "ended_on": fields.Datetime.now(),
        }

    def action_spoil(self, reason):
        """Mark the paper of checks as spoiled: they can be printed on other numbers.

        The payments and their entries stay as they are.

        :raises UserError: no reason is given, or the bank has paid a check
        """
        reason = self._reason(reason)
        self._take_step("spoil", **self._end_values(reason))
        self.payment_id.is_sent = False
        paid = self.voucher_id.filtered(lambda each: each.state == "paid")
        paid._inside().reference = False

    def action_void(self, reason, date=None):
        """Void checks: their payments are reversed, and what they paid is open again.

        :param date: the date of the reversals; today if empty
        :raises UserError: no reason is given, the bank has paid a check, or the date is
            before the payment or locked; nothing is changed
        """
        reason = self._reason(reason)
        self.env["clerk.check.void"]._check_input({"date": date})
        self._begin_step("void")
        date = fields.Date.to_date(date) or fields.Date.context_today(self)
        self._check_needs("void", {"date": date})
        for check in self:
            check._void(reason, date)

    def _void(self, reason, date):
        payment, voucher = self.payment_id, self.voucher_id
        if voucher.payment_id == payment:
            voucher.action_void(reason, date)
        elif not posted_reversals(payment):
            reverse_payment(
                payment,
                date,
                self.env._(
                    "%(check)s: void (%(reason)s)",
                    check=self.display_name,
                    reason=reason[:80],
                ),
            )
        self._note_void(reason)

    def _note_void(self, reason):
        """Mark checks as void whose payments are reversed."""
        for check in self.filtered(lambda each: each.state == "printed"):
            reversal = posted_reversals(check.payment_id)[:1]
            check._write_step(
                "void", reversal_id=reversal.id, **check._end_values(reason)
            )

    def _obstacle(self, step, vals):
        if step == "spoil":
            problem = self._cleared_problem()
        elif step == "void":
            problem = self._cleared_problem() or self._void_problem(vals["date"])
        else:
            problem = None
        return problem or super()._obstacle(step, vals)

    def _cleared_problem(self):
        """Return a sentence if the bank has paid the check."""
        payment = self.payment_id
        liquidity = payment._seek_for_lines()[0]
        cleared = liquidity.matched_debit_ids | liquidity.matched_credit_ids
        if not cleared or posted_reversals(payment):
            return None
        return self.env._(
            "%s was paid by the bank: it is reconciled with a statement.",
            payment.display_name,
        )

    def _void_problem(self, date):
        """Return why the payment cannot be reversed on a date, or nothing."""
        payment = self.payment_id
        if not payment.move_id:
            return self.env._(
                "%s has no journal entry that could be reversed. Ask an accountant to "
                "undo it.",
                payment.display_name,
            )
        if date < self.date:
            return self.env._(
                "It has the date %s. Enter that date or a later one.",
                format_date(self.env, self.date),
            )
        return entry_date_obstacle(self.company_id, date, self.journal_id)

from odoo import api, fields, models

from ..mixin.amount import exact
from ..mixin.lock_date import lock_date_obstacle
from ..mixin.locking import take_turns


class ClerkVoucher(models.Model):
    """Small expenses that the custodian pays out of a box, against a receipt."""

    _inherit = "clerk.voucher"

    receipt_count = fields.Integer(
        string="Receipts",
        compute="_compute_receipt_count",
        exportable=False,
        help="Files that are attached to the voucher.",
    )

    @api.depends("message_attachment_count")
    def _compute_receipt_count(self):
        files = self._receipts().grouped("res_id")
        for voucher in self:
            voucher.receipt_count = len(files.get(voucher._origin.id, ()))

    def action_attach_receipt(self, attachment_ids=()):
        """Show the voucher again, after a receipt was attached to it."""
        self.check_access("read")

    def action_pay_out(self):
        """Pay small expenses in cash: charge them to their accounts, and keep receipts.

        :raises AccessError: the user is not the custodian
        :raises UserError: there is no receipt, or the amount is above the maximum or
            above what is in the box
        """
        self._begin_step("pay_out")
        boxes = self.petty_cash_id
        take_turns(boxes._locked_text, boxes)
        for voucher in self:
            voucher._check_needs("pay_out", {})
            posted = voucher._post_payment()
            voucher._write_step("pay_out", **voucher._paid_out(), **posted)
            voucher._seal_evidence("receipt", voucher._receipts(), strict=False)

    def _paid_out(self):
        return {
            "company_amount": self._amount_in_company_currency(),
            "prepared_by_id": self.env.uid,
            "prepared_on": fields.Datetime.now(),
        }

    def _obstacle(self, step, vals):
        if step == "pay_out":
            return self._pay_out_problem()
        if self.kind == "petty" and step == "prepare":
            return self.env._("Use Pay Out: petty cash needs no approval.")
        return super()._obstacle(step, vals)

    def _pay_out_problem(self):
        """Return why the voucher cannot be paid out of the box now, or nothing."""
        if self.kind != "petty":
            return self.env._("It is not paid out of petty cash: hand it in.")
        return (
            self._content_problem()
            or self.petty_cash_id._method_problem()
            or self._receipt_problem()
            or self._cash_problem()
            or self._day_problem()
            or lock_date_obstacle(
                self.company_id, self._day_of_payment(), self.journal_id
            )
            or self._distant_problem()
        )

    def _receipt_problem(self):
        if self.receipt_count:
            return None
        return self.env._(
            "Attach the receipt, or a note signed by the payee if there is none."
        )

    def _cash_problem(self):
        """Return why the amount cannot be taken out of the box, or nothing."""
        box = self.petty_cash_id
        amounts = {
            "amount": self._amount_text(self.amount),
            "maximum": self._amount_text(box.maximum),
            "cash": self._amount_text(box.cash_on_hand),
        }
        if self.currency_id.compare_amounts(self.amount, box.maximum) > 0:
            return self.env._(
                "%(amount)s is above the maximum of %(maximum)s. Pay it by a payment "
                "voucher.",
                **amounts,
            )
        cash = box._boxes()[box].cash
        if exact(self.currency_id, self.amount) > cash:
            return self.env._(
                "%(amount)s is more than there is in the box (%(cash)s). Replenish it "
                "first.",
                **amounts,
            )
        return None

    def _day_problem(self):
        """Return why cash does not leave the box on the date of the payment."""
        if self._day_of_payment() <= fields.Date.context_today(self):
            return None
        return self.env._(
            "It is dated %s. Cash leaves the box today: enter today or an earlier day.",
            self._date_text(self._day_of_payment()),
        )

    def _state_after_void(self):
        """Return the state of a voucher whose payment was voided.

        A payout is cancelled, as the next one has a receipt of its own.
        """
        return "cancelled" if self.kind == "petty" else super()._state_after_void()

    def _void_problem(self, date):
        if self.replenished_by_id.state not in (False, "cancelled"):
            return self.env._(
                "%s replenishes it. Cancel or void that one first.",
                self.replenished_by_id.name,
            )
        return super()._void_problem(date)

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..mixin.amount import amount_text
from ..mixin.cash import uncounted
from ..mixin.lock_date import distant_date_obstacle


class ClerkDeposit(models.Model):
    """Fills deposits, takes them to the bank, and takes them back."""

    _inherit = "clerk.deposit"

    waiting_count = fields.Integer(
        string="Waiting Checks",
        compute="_compute_waiting_count",
        exportable=False,
        help="Posted checks of this bank that are in no deposit yet.",
    )

    @api.depends(
        "state", "company_id", "currency_id", "date", "journal_id", "payment_ids"
    )
    def _compute_waiting_count(self):
        payments = self.env["account.payment"]
        for deposit in self:
            deposit.waiting_count = (
                payments.search_count(deposit._waiting_checks())
                if deposit.state == "draft"
                else 0
            )

    def _waiting_checks(self):
        """Return a domain for checks that were received and are in no deposit."""
        payments = self.env["account.payment"]
        return payments._waiting_for_deposit(self) & Domain(
            "receipt_ids.number", "!=", False
        )

    # Contents

    def action_add_waiting(self):
        """Add all checks that are in no deposit yet.

        :raises UserError: there are none
        """
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        waiting = self.env["account.payment"].search(self._waiting_checks())
        if not waiting:
            raise UserError(
                self.env._(
                    "No posted check of %(bank)s in %(currency)s is waiting on "
                    "%(date)s. Post the receipt batch first, or change the date.",
                    bank=self.journal_id.name,
                    currency=self.currency_id.name,
                    date=self._date_text(self.date),
                )
            )
        self.payment_ids = [Command.link(payment.id) for payment in waiting]

    def action_count_cash(self):
        """Add the usual notes and coins of the currency, to be counted.

        :raises UserError: none are known
        """
        self.ensure_one()
        self.check_access("write")
        self._check_draft()
        self.cash_ids = uncounted(self.currency_id, self.cash_ids)

    # Steps

    def action_deposit(self):
        """Close the slip, and print it.

        :raises UserError: it is not complete, or the user has entered a receipt
        """
        self._take_step(
            "deposit",
            deposited_by_id=self.env.uid,
            deposited_on=fields.Datetime.now(),
        )
        return self.action_print()

    def action_reset(self):
        """Return deposits to draft that the bank has not credited yet."""
        self._take_step("reset", deposited_by_id=False, deposited_on=False)

    def action_cancel(self):
        """Cancel drafts; their payments are on hand again."""
        self._begin_step("cancel")
        for deposit in self.filtered("payment_ids"):
            deposit.message_post(
                body=self.env._(
                    "Payments returned to hand: %(count)s, %(amount)s.",
                    count=deposit.payment_count,
                    amount=amount_text(deposit.currency_id, deposit.total),
                ),
                subtype_xmlid="mail.mt_note",
            )
        self.payment_ids.deposit_id = False
        self._write_step("cancel")

    def _obstacle(self, step, vals):
        if step == "deposit":
            return self._deposit_obstacle()
        return super()._obstacle(step, vals)

    def _deposit_obstacle(self):
        """Return what keeps the deposit from going to the bank, as a sentence."""
        if not self.payment_ids:
            return self.env._("Add the checks or the cash first.")
        if problem := (
            distant_date_obstacle(self.env, self.date) or self._payment_problem()
        ):
            return problem
        if self.cash_note:
            return self.env._(
                "The notes and coins are %(counted)s, the cash payments "
                "%(payments)s: %(difference)s. Count again, or correct the payments.",
                counted=amount_text(self.currency_id, self.counted_amount),
                payments=amount_text(self.currency_id, self.cash_amount),
                difference=self.cash_note,
            )
        return self._duty_obstacle()

    def _duty_obstacle(self):
        """Return which receipts the user has entered, where that is in the way."""
        # sudo: a setting of the company, which clerks do not read.
        if not self.company_id.sudo().clerk_separate_deposit:
            return None
        # sudo: reads who created receipts and payments of the deposit.
        payments = self.payment_ids.sudo()
        user = self.env.user
        own = payments.filtered(
            lambda each: user in each.create_uid | each.receipt_ids.create_uid
        )
        return own and self.env._(
            "You have entered receipts of this deposit: %s. Whoever enters receipts "
            "does not deposit them: ask a colleague.",
            self._enumerate_receipts(own),
        )

    def _enumerate_receipts(self, payments, limit=5):
        names = [
            payment.receipt_ids[:1].display_name or payment.display_name
            for payment in payments[:limit]
        ]
        text = ", ".join(names)
        more = len(payments) - limit
        if more <= 0:
            return text
        return self.env._("%(names)s and %(more)s more", names=text, more=more)

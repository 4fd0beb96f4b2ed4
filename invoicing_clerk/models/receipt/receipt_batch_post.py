from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..mixin.attempt import attempt_in_parts, reason_of
from ..mixin.job import MAX_TRIES
from ..mixin.lock_date import entry_date_obstacle

# Receipts that are posted between two commits.
CHUNK = 20
# A batch of so many is posted while the clerk waits: a few seconds.
AT_ONCE = 20


class ClerkReceiptBatch(models.Model):
    """Posts the receipts of a balanced batch.

    Receipts are posted in chunks, each in a savepoint. If a chunk fails, it is done in
    parts, in the end one by one: a receipt that fails does not stop the others.
    """

    _inherit = "clerk.receipt.batch"

    def action_post(self):
        """Post the receipts as payments; large batches in the background.

        :raises UserError: the batch is out of balance, or its period is locked
        """
        self._take_step("post", user_id=self.env.uid, tries=0)
        self._post_or_wake()

    def action_retry(self):
        """Try again to post the receipts that failed.

        :raises UserError: none has failed
        """
        self._begin_step("retry")
        failed = self.receipt_ids.filtered(lambda each: each.state == "failed")
        if not failed:
            raise UserError(self.env._("No receipt has failed."))
        failed._write_step("retry", tries=0, note=False)
        self._write_step("retry", user_id=self.env.uid, tries=0)
        self._post_or_wake()

    def _obstacle(self, step, vals):
        if step != "post":
            return super()._obstacle(step, vals)
        if not self.receipt_ids:
            return self.env._("Enter the receipts first.")
        if self.difference_note:
            return self.env._(
                "It is out of balance: %s. Compare the receipts with the tape.",
                self.difference_note,
            )
        return self._date_obstacle() or self._rate_obstacle()

    def _date_obstacle(self):
        """Return why payments cannot have the dates of the receipts."""
        dates = sorted(set(self.receipt_ids.mapped("date")))
        locked = (
            entry_date_obstacle(self.company_id, date, self.journal_id)
            for date in dates
        )
        return next(filter(None, locked), None)

    def _rate_obstacle(self):
        """Return why the currency cannot be converted on the dates of the receipts."""
        company, currency = self.company_id, self.currency_id
        if currency == company.currency_id:
            return None
        first = min(self.receipt_ids.mapped("date"))
        rates = self.env["res.currency.rate"].search_count(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, company.root_id.id)),
                ("name", "<=", first),
            ],
            limit=1,
        )
        if rates:
            return None
        return self.env._(
            "There is no rate of %(currency)s on %(date)s. Ask an accountant to enter "
            "one.",
            currency=currency.name,
            date=format_date(self.env, first),
        )

    def _post_or_wake(self):
        for batch in self:
            if len(batch._to_post()) > AT_ONCE:
                batch._wake_worker()
                continue
            batch._work_on(batch._to_post())
            batch._finish_work()

    def _to_post(self):
        return self.receipt_ids.filtered(lambda each: each.state == "entered")

    @api.model
    def _cron_work(self):
        """Post pending batches."""
        self._work()

    def _next_parts(self):
        """Return receipts to post; one that stopped its worker comes alone."""
        waiting = self._to_post()
        if waiting[:1].tries:
            return waiting[:1]
        return waiting.filtered(lambda each: not each.tries)[:CHUNK]

    def _work_on(self, receipts):
        aside = receipts.filtered(lambda each: each.tries > MAX_TRIES)
        if aside:
            aside._write_step("finish", state="failed", note=self._too_many_tries())
        batch = self._as_requester()
        for part, error in attempt_in_parts(
            (receipts - aside).with_env(batch.env), lambda part: part._post_payments()
        ):
            if error:
                part._write_step("finish", state="failed", note=reason_of(error))

    def _finish_work(self):
        self._write_step("finish", posted_on=fields.Datetime.now())
        if waiting := self.user_id - self.env.user:
            self.message_notify(
                body=self._outcome(),
                subject=self.display_name,
                partner_ids=waiting.partner_id.ids,
            )

    def _outcome(self):
        states = self.receipt_ids.mapped("state")
        return self.env._(
            "%(batch)s. Receipts posted: %(posted)s. Failed: %(failed)s.",
            batch=self.name,
            posted=states.count("posted"),
            failed=states.count("failed"),
        )

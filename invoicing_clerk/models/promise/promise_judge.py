import logging

from odoo import api, fields, models
from odoo.tools import format_date

from ...rules.promise import promise as rules
from ..mixin.amount import amount_text
from ..mixin.changes import Changes

# The name of the checkpoint of the tables that judging reads.
JUDGED = "clerk.promise._cron_judge"

BROKEN_ACTIVITY = "invoicing_clerk.mail_activity_type_broken_promise"

_logger = logging.getLogger(__name__)


class ClerkPromise(models.Model):
    """Judgement of promises by the ledger, again whenever it changes.

    Every change of the verdict is logged. The responsible user gets an activity for a
    promise that was not fully kept; it is removed when the money turns out to have been
    received.
    """

    _inherit = "clerk.promise"
    _state_subtypes = {
        "kept": "subtype_promise_kept",
        "partially_kept": "subtype_promise_partially_kept",
        "broken": "subtype_promise_broken",
    }

    state = fields.Selection(
        rules.STATES,
        string="Status",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    amount_due = fields.Monetary(
        string="Net Promised",
        readonly=True,
        copy=False,
        help="The promised amount less what is no longer owed: credit notes, "
        "write-offs and earlier payments.",
    )
    amount_received = fields.Monetary(
        string="Received",
        default=0.0,
        readonly=True,
        copy=False,
        help="Payments from the day on which the promise was made to its deadline.",
    )
    amount_missing = fields.Monetary(
        string="Outstanding",
        compute="_compute_amount_missing",
        store=True,
        help="Promised but not received yet, while the promise is open.",
    )
    matched_up_to = fields.Integer(
        string="Last Earlier Reconciliation",
        readonly=True,
        copy=False,
        exportable=False,
        help="The latest reconciliation at the time the promise was recorded.",
    )
    judgement_ids = fields.One2many(
        "clerk.promise.judgement", "promise_id", string="Judgements", readonly=True
    )
    withdrawn_reason = fields.Char(
        string="Withdrawal Reason", readonly=True, copy=False, tracking=True
    )
    why = fields.Char(
        string="Explanation",
        compute="_compute_why",
        help="Explanation of the status by the payments received.",
    )

    @api.depends("state", "amount_due", "amount_received")
    def _compute_amount_missing(self):
        for promise in self:
            missing = promise.amount_due - promise.amount_received
            is_open = promise.state == "open"
            promise.amount_missing = max(0.0, missing) if is_open else 0.0

    @api.depends("state", "amount_due", "amount_received", "deadline", "next_id")
    @api.depends_context("lang")
    def _compute_why(self):
        for promise in self:
            promise.why = " ".join(
                filter(None, (promise._why_state(), promise._why_less()))
            )

    def _why_state(self):
        reasons = {
            "open": self.env._("%(received)s of %(due)s received; due by %(day)s."),
            "kept": self.env._("%(received)s of %(due)s was received by %(day)s."),
            "partially_kept": self.env._(
                "Only %(received)s of %(due)s was received by %(day)s."
            ),
            "broken": self.env._("None of %(due)s was received by %(day)s."),
            "replaced": self.env._("The customer made a new promise."),
            "withdrawn": self.withdrawn_reason
            or self.env._("The promised %(amount)s is no longer outstanding."),
        }
        return reasons[self.state] % {
            "amount": amount_text(self.currency_id, self.amount),
            "due": amount_text(self.currency_id, self.amount_due),
            "received": amount_text(self.currency_id, self.amount_received),
            "day": format_date(self.env, self.deadline),
        }

    def _why_less(self):
        if self.withdrawn_reason or self.state == "replaced":
            return ""
        currency = self.currency_id
        less = self.amount - self.amount_due
        missing = self.amount_due - self.amount_received
        if currency.compare_amounts(less, 0) > 0:
            return self.env._(
                "%s of the promised amount was credited, written off or paid before.",
                amount_text(self.currency_id, less),
            )
        if self.state == "kept" and currency.compare_amounts(missing, 0) > 0:
            return self.env._(
                "A shortfall of up to %s is tolerated.",
                amount_text(self.currency_id, self.tolerance),
            )
        return ""

    # Judging

    def action_judge(self):
        """Judge these promises now, by payments registered since the last time."""
        self.check_access("write")
        self._judge()

    @api.model
    def _cron_judge(self, batch_size=500):
        """Judge what was touched since the last run, and all promises once a day.

        Only those whose verdict changed are written. The next run starts from the same
        moment if some were locked, and judges nothing if nothing was written.
        """
        checkpoint = self.env["clerk.checkpoint"]
        changes = Changes(self.env)
        horizon = checkpoint._horizon()
        whole = checkpoint._is_whole_due(self._name)
        self.env["ir.cron"]._commit_progress()
        if changes.are_known(JUDGED) and not whole:
            return
        with changes.reading() as reading:
            deleted = self._deleted_lines()
            ids = list(self._verdicts(None if whole else self._touched()))
            if whole:
                self._report_untouched(ids)
        self.env["ir.cron"]._commit_progress(remaining=len(ids))
        is_complete = True
        for start in range(0, len(ids), batch_size):
            batch = self.browse(ids[start : start + batch_size])
            locked = batch.try_lock_for_update(allow_referencing=True)
            locked._judge()
            is_complete &= locked == batch
            self.env["ir.cron"]._commit_progress(len(batch))
        if is_complete:
            deleted.unlink()
            checkpoint._advance(self._name, horizon, whole)
            changes.settle(JUDGED, reading)

    @api.model
    def _report_untouched(self, ids):
        """Log promises whose verdict changed without a trace: see `_touched`."""
        touched = self._touched()
        if touched is not None and (found := set(ids).difference(touched)):
            _logger.warning("Promises judged anew without a change: %s", sorted(found))

    @api.model
    def _before_refresh(self):
        """Judge by the ledger as it is now, before worklists and balances read it."""
        changed = self.browse(self._verdicts(self._touched()))
        changed.try_lock_for_update(allow_referencing=True)._judge()

    def _judge(self):
        """Judge these promises by the ledger; return those that changed."""
        verdicts = self._verdicts(self.ids)
        # sudo: users cannot write verdicts. Those of promises that the caller may write
        # change. Tracking would repeat the log of judgements.
        changed = self.sudo().browse(verdicts).with_context(tracking_disable=True)
        unkept = changed.filtered(lambda each: each.state in rules.UNKEPT_STATES)
        for promise in changed:
            state, due, received = verdicts[promise.id]
            promise._write_step(
                "judge", state=state, amount_due=due, amount_received=received
            )
        changed._log_judgement()
        changed._tell_followers()
        still = changed.filtered(lambda each: each.state in rules.UNKEPT_STATES)
        (unkept - still)._unlink_reminder()
        (still - unkept)._schedule_reminder()
        return changed

    def _log_judgement(self):
        self.env["clerk.promise.judgement"].create(
            [
                {
                    "promise_id": promise.id,
                    "state": promise.state,
                    "amount_due": promise.amount_due,
                    "amount_received": promise.amount_received,
                }
                for promise in self
            ]
        )

    def _schedule_reminder(self):
        """Tell the responsible user that the money was not received."""
        today = fields.Date.context_today(self)
        for user, promises in self.grouped("user_id").items():
            if user.active and not user.share:
                # No email for each: the activity itself is enough.
                promises.with_context(
                    mail_activity_quick_update=True
                ).activity_schedule(
                    BROKEN_ACTIVITY, date_deadline=today, user_id=user.id
                )

    def _unlink_reminder(self):
        """Remove the activity: nothing is left to do."""
        self.activity_unlink([BROKEN_ACTIVITY])

    # Steps

    def action_withdraw(self):
        """Open the dialog that asks for a reason."""
        self.check_access("write")
        self._check_step("withdraw")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Withdraw"),
            "res_model": "clerk.promise.withdraw",
            "view_mode": "form",
            "target": "new",
            "context": {"default_promise_ids": self.ids},
        }

    def _withdraw(self, reason):
        """End promises without a verdict.

        :raises UserError: one is not open or locked, or the reason is empty
        """
        self._take_step("withdraw", withdrawn_reason=(reason or "").strip())

    def _obstacle(self, step, vals):
        if step == "withdraw" and not vals["withdrawn_reason"]:
            return self.env._(
                "Enter a reason: withdrawn promises do not count for reliability."
            )
        return super()._obstacle(step, vals)

    def _replace(self, newer):
        """End open promises: another promise counts from now on."""
        self.next_id = newer
        self.filtered(lambda each: each.state == "open")._write_step("replace")
        self._unlink_reminder()
        # Before the newer one takes the instalments: each has one active promise.
        self.env.flush_all()

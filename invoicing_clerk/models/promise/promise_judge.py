from odoo import api, fields, models
from odoo.tools import format_date

from ...rules.promise import promise as rules

BROKEN_ACTIVITY = "invoicing_clerk.mail_activity_type_broken_promise"


class ClerkPromise(models.Model):
    """What became of a promise, told by the ledger and told again when that changes.

    Every change of the verdict is kept. Whose promise was not kept as a whole gets an
    activity; it goes away when the money turns out to have come.
    """

    _inherit = "clerk.promise"

    state = fields.Selection(
        rules.STATES,
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    amount_due = fields.Monetary(
        string="Still Promised",
        readonly=True,
        copy=False,
        help="What was promised, less what nobody has to pay any more: credit notes, "
        "write-offs, and what had been paid before.",
    )
    amount_received = fields.Monetary(
        string="Received",
        default=0.0,
        readonly=True,
        copy=False,
        help="Payments of the day on which the promise was given and later, up to its "
        "last day.",
    )
    amount_missing = fields.Monetary(
        string="To Come",
        compute="_compute_amount_missing",
        store=True,
        help="What is promised and not here yet, while the promise runs.",
    )
    matched_up_to = fields.Integer(
        readonly=True,
        copy=False,
        help="The last reconciliation there was when the promise was written down.",
    )
    judgement_ids = fields.One2many(
        "clerk.promise.judgement", "promise_id", string="Judgements", readonly=True
    )
    withdrawn_reason = fields.Char(
        string="Why Withdrawn", readonly=True, copy=False, tracking=True
    )
    why = fields.Char(compute="_compute_why", help="How the state follows from money.")

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
        words = {
            "open": self.env._(
                "%(received)s of %(due)s has come; time is until %(day)s."
            ),
            "kept": self.env._("%(received)s of %(due)s came by %(day)s."),
            "partially_kept": self.env._(
                "Only %(received)s of %(due)s came by %(day)s."
            ),
            "broken": self.env._("Nothing of %(due)s came by %(day)s."),
            "replaced": self.env._("The customer gave a new promise."),
            "withdrawn": self.withdrawn_reason
            or self.env._("Nothing of %(amount)s is left to pay."),
        }
        return words[self.state] % {
            "amount": self._format_amount(self.amount),
            "due": self._format_amount(self.amount_due),
            "received": self._format_amount(self.amount_received),
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
                "%s of what was promised was credited, written off or paid before.",
                self._format_amount(less),
            )
        if self.state == "kept" and currency.compare_amounts(missing, 0) > 0:
            return self.env._(
                "Up to %s less is let pass.", self._format_amount(self.tolerance)
            )
        return ""

    # Judging

    def action_judge(self):
        """Judge now what payments have been registered a moment ago."""
        self.check_access("write")
        self._judge()

    @api.model
    def _cron_judge(self, batch_size=500):
        """Judge all promises. Only those of which the verdict changed are written."""
        ids = list(self._verdicts())
        self.env["ir.cron"]._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), batch_size):
            batch = self.browse(ids[start : start + batch_size])
            batch.try_lock_for_update(allow_referencing=True)._judge()
            self.env["ir.cron"]._commit_progress(len(batch))

    @api.model
    def _before_refresh(self):
        """Let worklists ask of promises as the ledger has them now."""
        changed = self.browse(self._verdicts())
        changed.try_lock_for_update(allow_referencing=True)._judge()

    def _judge(self):
        """Judge these promises by the ledger as it is; return those that changed."""
        verdicts = self._verdicts(self.ids)
        # sudo: nobody writes verdicts, this does. What changes is of promises that
        # the caller may write. Tracking would repeat what judgements keep.
        changed = self.sudo().browse(verdicts).with_context(tracking_disable=True)
        unkept = changed.filtered(lambda each: each.state in rules.UNKEPT_STATES)
        for promise in changed:
            state, due, received = verdicts[promise.id]
            promise.write(
                {"state": state, "amount_due": due, "amount_received": received}
            )
        changed._keep_judgement()
        still = changed.filtered(lambda each: each.state in rules.UNKEPT_STATES)
        (unkept - still)._relieve()
        (still - unkept)._remind()
        return changed

    def _keep_judgement(self):
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

    def _remind(self):
        """Tell who is responsible that the money did not come."""
        today = fields.Date.context_today(self)
        for user, promises in self.grouped("user_id").items():
            if user.active and not user.share:
                # No mail for each: the activity itself is what is looked at.
                promises.with_context(
                    mail_activity_quick_update=True
                ).activity_schedule(
                    BROKEN_ACTIVITY, date_deadline=today, user_id=user.id
                )

    def _relieve(self):
        """There is nothing to be done about it any more."""
        self.activity_unlink([BROKEN_ACTIVITY])

    # Steps

    def action_withdraw(self):
        """Ask why these promises do not count any more."""
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

        :raises UserError: one is not open, somebody else holds it, or no reason
        """
        self._take_step("withdraw", withdrawn_reason=(reason or "").strip())

    def _obstacle(self, step, vals):
        if step == "withdraw" and not vals["withdrawn_reason"]:
            return self.env._("Say why: reliability leaves it out.")
        return super()._obstacle(step, vals)

    def _replace(self, newer):
        """End what runs: it is another promise that counts from now on."""
        self.next_id = newer
        self.filtered(lambda each: each.state == "open").state = "replaced"
        self._relieve()
        # Before the instalments are taken anew: one active promise on each.
        self.env.flush_all()

from odoo import api, fields, models
from odoo.fields import Domain

from ...rules.billing_error import billing_error as rules
from ..mixin.roles import spread_over_supervisors
from ..mixin.traces import reads


class ClerkBillingError(models.Model):
    """The deadline of a billing error, and its escalation to supervisors."""

    _inherit = "clerk.billing.error"
    _guarded_fields = frozenset({"escalated_deadline"})

    deadline = fields.Date(
        compute="_compute_deadline",
        store=True,
        readonly=False,
        index=True,
        tracking=True,
        help="The opening date plus the days to resolve of the reason.",
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )
    escalated_deadline = fields.Date(
        readonly=True,
        copy=False,
        help="The missed deadline that supervisors were notified of.",
    )

    @api.depends("reason_id")
    def _compute_deadline(self):
        for error in self:
            opened = fields.Datetime.context_timestamp(error, error.date_opened)
            error.deadline = rules.deadline(opened.date(), error._days_to_resolve())

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for error in self:
            error.is_late = bool(
                error.state in rules.OPEN_STATES
                and error.deadline
                and error.deadline < today
            )

    @reads("state", "deadline")
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = self._late_domain()
        return Domain.OR(late if wanted else ~late for wanted in set(value))

    @api.model
    def _late_domain(self):
        return Domain("state", "in", rules.OPEN_STATES) & Domain(
            "deadline", "<", fields.Date.context_today(self)
        )

    def _restart_deadline(self):
        """Give a reopened case as many days as a new one."""
        today = fields.Date.context_today(self)
        for error in self:
            error.deadline = rules.deadline(today, error._days_to_resolve())

    def _days_to_resolve(self):
        return self.reason_id.days_to_resolve if self.reason_id else None

    @api.model
    def _cron_escalate(self, batch_size=100):
        """Notify supervisors once of each missed deadline."""
        late = self.search(self._late_domain(), order="deadline, id").filtered(
            lambda error: (
                not error.escalated_deadline
                or error.escalated_deadline < error.deadline
            )
        )
        self.env["ir.cron"]._commit_progress(remaining=len(late))
        for start in range(0, len(late), batch_size):
            batch = late[start : start + batch_size].try_lock_for_update(
                allow_referencing=True
            )
            batch._escalate()
            self.env["ir.cron"]._commit_progress(len(batch))

    def _escalate(self):
        self._message_log_batch(
            bodies={error.id: error._escalation_note() for error in self}
        )
        self.env["mail.activity"].create(self._escalation_activities())
        for deadline, errors in self.grouped("deadline").items():
            errors._inside().escalated_deadline = deadline

    def _escalation_note(self):
        return self.env._(
            "Late: this was due by %(deadline)s. Processor: %(user)s.",
            deadline=fields.Date.to_string(self.deadline),
            user=self.user_id.name or self.env._("none"),
        )

    def _escalation_activities(self):
        """Return an activity for each case, spread evenly over the supervisors."""
        return [
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "res_model_id": self.env["ir.model"]._get_id("clerk.billing.error"),
                "res_id": error.id,
                "user_id": supervisor.id,
                "date_deadline": fields.Date.context_today(self),
                "summary": self.env._("Late billing error"),
                "note": error._escalation_note(),
            }
            for error, supervisor in spread_over_supervisors(self).items()
        ]

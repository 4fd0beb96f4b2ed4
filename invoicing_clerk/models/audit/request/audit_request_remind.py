from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ....rules.audit.request.audit_request import OPEN_STATES

REMINDER = "invoicing_clerk.mail_activity_type_audit_request"
# Days before the due date on which the owner is reminded.
DAYS_BEFORE = 3


class ClerkAuditRequest(models.Model):
    """Reminders: for the owner before the due date, for the contact after it.

    Each is sent once for a due date, and removed when the request is delivered.
    """

    _inherit = "clerk.audit.request"

    reminded = fields.Selection(
        [("soon", "Before the Due Date"), ("late", "Overdue")],
        string="Last Reminder",
        readonly=True,
        copy=False,
    )

    @api.model
    def _cron_remind(self):
        today = fields.Date.context_today(self)
        soon = today + timedelta(days=DAYS_BEFORE)
        self._remind(
            Domain("reminded", "=", False) & Domain("date_due", "<=", soon), "soon"
        )
        late = Domain("reminded", "=", "soon") & Domain("date_due", "<", today)
        self._remind(late, "late")

    @api.model
    def _remind(self, domain, stage):
        requests = self.search(
            domain
            & Domain("state", "in", OPEN_STATES)
            & Domain("audit_id.state", "!=", "closed")
        )
        activity_type = self.env.ref(REMINDER)
        # Without emails: the activities are enough.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                request._reminder_values(activity_type, user, stage)
                for request in requests
                for user in request._reminded_users(stage)
            ]
        )
        requests.reminded = stage

    def _reminded_users(self, stage):
        """Return the owner before the due date, and the contact in billing after it."""
        contact = self.audit_id.lead_id
        return self._owner() if stage == "soon" else contact - self._owner()

    def _reminder_values(self, activity_type, user, stage):
        summaries = {
            "soon": activity_type.summary,
            "late": self.env._(
                "Late. Owner: %s", self.user_id.name or self.env._("none")
            ),
        }
        return {
            "activity_type_id": activity_type.id,
            "summary": summaries[stage],
            "automated": True,
            "date_deadline": self.date_due,
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "user_id": user.id,
        }

    def _remove_reminders(self):
        """Remove reminders of requests that are delivered or due on another date."""
        # sudo: removes activities that belong to other users as well.
        requests = self.sudo().filtered("reminded")
        requests.activity_unlink([REMINDER])
        requests.reminded = False

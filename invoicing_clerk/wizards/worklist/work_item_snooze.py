from datetime import datetime, time, timedelta

from pytz import utc

from odoo import api, fields, models

MORNING = time(8)


class ClerkWorkItemSnooze(models.TransientModel):
    """Snooze work items until a time, with a reason."""

    _name = "clerk.work.item.snooze"
    _description = "Snooze Work Items"
    _inherit = "clerk.checked"

    item_ids = fields.Many2many("clerk.work.item", required=True)
    until = fields.Datetime(
        string="Snooze Until",
        required=True,
        default=lambda self: self._next_working_morning(),
    )
    reason = fields.Char(required=True)

    @api.model
    def _next_working_morning(self):
        """Return the next working morning by the company calendar, in UTC."""
        tomorrow = fields.Date.context_today(self) + timedelta(days=1)
        calendar = self.env.company.resource_calendar_id
        end = calendar and calendar.plan_days(
            1, datetime.combine(tomorrow, time.min), compute_leaves=True
        )
        morning = datetime.combine(end.date() if end else tomorrow, MORNING)
        return self.env.tz.localize(morning).astimezone(utc).replace(tzinfo=None)

    def action_apply(self):
        self.ensure_one()
        self.item_ids._snooze(self.until, self.reason)

from datetime import datetime, time, timedelta

from pytz import utc

from odoo import api, fields, models

MORNING = time(8)


class ClerkWorkItemSnooze(models.TransientModel):
    """Says until when items rest, and why."""

    _name = "clerk.work.item.snooze"
    _description = "Snooze Work Items"

    item_ids = fields.Many2many("clerk.work.item", required=True)
    until = fields.Datetime(
        required=True, default=lambda self: self._next_working_morning()
    )
    reason = fields.Char(required=True)

    @api.model
    def _next_working_morning(self):
        """In the caller's time zone, by the calendar of their company."""
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

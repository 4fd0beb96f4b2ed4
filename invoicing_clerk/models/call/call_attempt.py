from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.call import call as rules

# What calls with one customer are about, put together in one call.
ABOUT = ("move_ids", "error_ids", "promise_ids")


class ClerkCall(models.Model):
    """Calls that we make: lists of them, attempts, and when to try again.

    Calls that follow each other until somebody answers are one series; its first call
    stands for it.
    """

    _inherit = "clerk.call"

    previous_id = fields.Many2one(
        "clerk.call",
        string="Follows",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    series_id = fields.Many2one(
        "clerk.call",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The first attempt, of which this is another.",
    )
    attempt = fields.Integer(default=1, readonly=True, copy=False, aggregator="max")
    following_ids = fields.One2many("clerk.call", "previous_id", readonly=True)

    # Plans

    def _plan(self, vals_list):
        """Put calls on the list of calls to be made, each with its activity."""
        calls = self.env["clerk.call"].create(
            [{"direction": "out", "state": "planned", **vals} for vals in vals_list]
        )
        calls._schedule_call()
        return calls

    def _schedule_call(self):
        kind = self.env.ref("mail.mail_activity_data_call")
        model = self.env["ir.model"]._get_id("clerk.call")
        self.env["mail.activity"].create(
            [
                {
                    "activity_type_id": kind.id,
                    "res_model_id": model,
                    "res_id": call.id,
                    "user_id": call.user_id.id,
                    "date_deadline": call._local(call.planned_on).date(),
                    "summary": call.next_action or False,
                }
                for call in self
            ]
        )

    def _local(self, moment):
        """A time of ours as the clerk's clock shows it."""
        zone = pytz.timezone(self.user_id.tz or self.env.user.tz or "UTC")
        return pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)

    def _from_local(self, moment):
        zone = pytz.timezone(self.user_id.tz or self.env.user.tz or "UTC")
        return zone.localize(moment).astimezone(pytz.utc).replace(tzinfo=None)

    def _check_may_call(self):
        """:raises UserError: a customer asked not to be called"""
        for call in self:
            if refuses := call._refusing():
                raise UserError(
                    self.env._(
                        "%s asked not to be called. Write instead, or have Do Not Call "
                        "taken off the customer.",
                        refuses[0].display_name,
                    )
                )

    def _refusing(self):
        people = self.partner_id | self.contact_id
        return people.filtered("clerk_do_not_call")

    # Attempts

    def _plan_attempts(self):
        """Try again what failed, or take the last resort where it failed too often."""
        again = [(call, call._next_attempt()) for call in self]
        self._plan(
            call._following_values(planned_on=moment)
            for call, moment in again
            if moment
        )
        given_up = self.browse([call.id for call, moment in again if not moment])
        for resort, calls in given_up.grouped(
            lambda call: call.disposition_id.last_resort
        ).items():
            calls._take_last_resort(resort)

    def _next_attempt(self):
        """When to try again (UTC), or None when it was tried often enough."""
        policy = self.disposition_id
        retry = rules.Retry(policy.retry_days, policy.retry_attempts)
        tried = [self._local(call.start) for call in self._failed_attempts()]
        moment = rules.next_attempt(retry, tried, self._is_working_day)
        return moment and self._from_local(moment)

    def _failed_attempts(self):
        first = self.series_id or self
        return self.search(
            [
                "|",
                ("id", "=", first.id),
                ("series_id", "=", first.id),
                ("state", "=", "done"),
                ("disposition_id.next_step", "=", "attempt"),
            ]
        )

    def _is_working_day(self, day):
        calendar = self.company_id.resource_calendar_id
        first, last = (
            pytz.utc.localize(datetime.combine(day, hour))
            for hour in (time.min, time.max)
        )
        return bool(calendar.get_work_hours_count(first, last))

    def _following_values(self, **values):
        """What a call that follows this one has in common with it."""
        same_series = self.next_step == "attempt"
        return {
            "number": self.number,
            "partner_id": self.partner_id.id,
            "contact_id": self.contact_id.id,
            "company_id": self.company_id.id,
            "topic_id": self.topic_id.id,
            "user_id": self.user_id.id,
            "move_ids": [Command.set(self.move_ids.ids)],
            "error_ids": [Command.set(self.error_ids.ids)],
            "promise_ids": [Command.set(self.promise_ids.ids)],
            "previous_id": self.id,
            "series_id": same_series and (self.series_id or self).id,
            "attempt": self.attempt + 1 if same_series else 1,
            **values,
        }

    def _take_last_resort(self, resort):
        if resort == "letter":
            self._schedule_todo(
                lambda call: self.env._(
                    "Write to %(customer)s: not reached in %(attempts)s calls",
                    customer=call.partner_id.display_name or call.number,
                    attempts=call.attempt,
                ),
                lambda call: call.user_id,
            )
        elif resort == "supervisor":
            self._tell_supervisor()

    # Lists

    @api.model
    def _plan_list(self, values):
        """Plan one call for each customer of a company, and say whom it leaves out and
        why."""
        self.check_access("create")
        merged = self._one_for_each_customer(values)
        left_out = self._left_out(merged)
        planned = self._plan(
            {"planned_on": fields.Datetime.now(), **each}
            for key, each in merged.items()
            if key not in left_out
        )
        if not planned:
            raise UserError(
                self.env._("There is nobody to call.\n%s", "\n".join(left_out.values()))
            )
        return self._list_action(planned, left_out)

    @api.model
    def _one_for_each_customer(self, values):
        """Map (customer, company) -> values of the one call about all of it."""
        partners, companies = self.env["res.partner"], self.env["res.company"]
        merged = {}
        for each in values:
            customer = partners.browse(each.get("partner_id")).commercial_partner_id
            if not customer:
                continue
            company = companies.browse(each.get("company_id")) or self.env.company
            known = merged.setdefault((customer, company), each)
            if known is not each:
                for name in ABOUT:
                    known[name] = known.get(name, []) + each.get(name, [])
        return merged

    @api.model
    def _left_out(self, merged):
        """Who is not to be called or is on the list already, with why."""
        customers = self.env["res.partner"].union(*(customer for customer, _ in merged))
        planned = self.search(
            [("state", "=", "planned"), ("partner_id", "in", customers.ids)]
        )
        on_list = {(call.partner_id, call.company_id) for call in planned}
        reasons = {}
        for (customer, company), values in merged.items():
            if customer.clerk_do_not_call:
                why = self.env._("asked not to be called")
            elif (customer, company) in on_list:
                why = self.env._("is on the list already")
            elif not values.get("number"):
                why = self.env._("has no telephone number")
            else:
                continue
            reasons[customer, company] = f"{customer.display_name}: {why}"
        return reasons

    @api.model
    def _list_action(self, planned, left_out):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_call_action_to_make"
        )
        shown = {**action, "domain": [("id", "in", planned.ids)], "context": {}}
        if not left_out:
            return shown
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Not on the list"),
                "message": "\n".join(left_out.values()),
                "type": "warning",
                "sticky": True,
                "next": shown,
            },
        }

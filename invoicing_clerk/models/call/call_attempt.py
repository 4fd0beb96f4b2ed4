import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.call import call as rules
from ...rules.plural import plural
from ..mixin.notification import notification_action
from ..mixin.working_day import closed_days

# The links of a call, which one call with each customer combines.
LINKED_FIELDS = ("move_ids", "error_ids", "promise_ids")


class ClerkCall(models.Model):
    """Outgoing calls: the call list, attempts and their repetition.

    Calls that are repeated until somebody answers are a series, which the first call
    identifies.
    """

    _inherit = "clerk.call"
    _guarded_fields = frozenset({"previous_id", "series_id", "attempt"})

    previous_id = fields.Many2one(
        "clerk.call",
        string="Previous Call",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    series_id = fields.Many2one(
        "clerk.call",
        string="First Attempt",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The first call of the series.",
    )
    attempt = fields.Integer(default=1, readonly=True, copy=False, aggregator="max")
    following_ids = fields.One2many(
        "clerk.call", "previous_id", string="Follow-up Calls", readonly=True
    )

    # Plans

    def _plan(self, vals_list):
        """Add calls to the call list, each with an activity."""
        calls = self.env["clerk.call"]
        planned = calls._inside_once().create(
            [{"direction": "out", "state": "planned", **vals} for vals in vals_list]
        )
        planned = planned.with_env(calls.env)
        planned._schedule_call()
        return planned

    def _schedule_call(self):
        self._schedule_activities(
            "mail.mail_activity_data_call",
            lambda call: call.next_action or False,
            lambda call: call.user_id,
            lambda call: call._to_local(
                call.planned_on or fields.Datetime.now()
            ).date(),
        )

    def _timezone(self):
        return pytz.timezone(self.user_id.tz or self.env.user.tz or "UTC")

    def _to_local(self, moment):
        """Convert a time in UTC to the time zone of the clerk."""
        local = pytz.utc.localize(moment).astimezone(self._timezone())
        return local.replace(tzinfo=None)

    def _to_utc(self, moment):
        """Convert a time in the time zone of the clerk to UTC."""
        utc = self._timezone().localize(moment).astimezone(pytz.utc)
        return utc.replace(tzinfo=None)

    def _check_may_call(self):
        """:raises UserError: a customer must not be called"""
        for call in self:
            if partners := call._do_not_call_partners():
                raise UserError(
                    self.env._(
                        "%s asked not to be called. Send a letter or an email instead, "
                        "or turn off Do Not Call on the customer.",
                        partners[0].display_name,
                    )
                )

    def _do_not_call_partners(self):
        partners = self.partner_id | self.contact_id
        return partners.filtered("clerk_do_not_call")

    # Attempts

    def _plan_attempts(self):
        """Plan the next attempt of each call, or take the last resort."""
        attempts = [(call, call._next_attempt()) for call in self]
        self._plan(
            call._following_values(planned_on=moment)
            for call, moment in attempts
            if moment
        )
        given_up = self.browse([call.id for call, moment in attempts if not moment])
        for resort, calls in given_up.grouped(
            lambda call: call.outcome_id.last_resort
        ).items():
            calls._take_last_resort(resort)

    def _next_attempt(self):
        """Return the time (UTC) of the next attempt, None after the last one."""
        policy = self.outcome_id
        retry = rules.Retry(policy.retry_days, policy.retry_attempts)
        tried = [self._to_local(call.start) for call in self._failed_attempts()]
        moment = rules.next_attempt(retry, tried, self._is_working_day)
        return moment and self._to_utc(moment)

    def _failed_attempts(self):
        first = self.series_id or self
        return self.search(
            [
                "|",
                ("id", "=", first.id),
                ("series_id", "=", first.id),
                ("state", "=", "done"),
                ("outcome_id.next_step", "=", "attempt"),
            ]
        )

    def _is_working_day(self, day):
        return day not in closed_days(self.company_id, day, day)

    def _following_values(self, **values):
        """Return values of a call that follows this one."""
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
                lambda call: plural(
                    call.attempt,
                    self.env._(
                        "Write to %(customer)s: not reached after %(attempts)s call",
                        customer=call.partner_id.display_name or call.number,
                        attempts=call.attempt,
                    ),
                    self.env._(
                        "Write to %(customer)s: not reached after %(attempts)s calls",
                        customer=call.partner_id.display_name or call.number,
                        attempts=call.attempt,
                    ),
                ),
                lambda call: call.user_id,
            )
        elif resort == "supervisor":
            self._notify_supervisor()

    # Call list

    @api.model
    def _plan_list(self, values):
        """Plan one call for each customer of a company, and report who is excluded."""
        self.check_access("create")
        merged = self._one_for_each_customer(values)
        excluded = self._excluded(merged)
        planned = self._plan(
            {"planned_on": fields.Datetime.now(), **each}
            for key, each in merged.items()
            if key not in excluded
        )
        if not planned:
            raise UserError(
                self.env._("There is no one to call.\n%s", "\n".join(excluded.values()))
            )
        return self._list_action(planned, excluded)

    @api.model
    def _one_for_each_customer(self, values):
        """Map (customer, company) -> values of one call with all links."""
        partners, companies = self.env["res.partner"], self.env["res.company"]
        merged = {}
        for each in values:
            customer = partners.browse(each.get("partner_id")).commercial_partner_id
            if not customer:
                continue
            company = companies.browse(each.get("company_id")) or self.env.company
            first = merged.setdefault((customer, company), each)
            if first is not each:
                for name in LINKED_FIELDS:
                    first[name] = first.get(name, []) + each.get(name, [])
        return merged

    @api.model
    def _excluded(self, merged):
        """Map (customer, company) -> the reason why no call is planned."""
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
                why = self.env._("is already on the call list")
            elif not values.get("number"):
                why = self.env._("has no phone number")
            else:
                continue
            reasons[customer, company] = f"{customer.display_name}: {why}"
        return reasons

    @api.model
    def _list_action(self, planned, excluded):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_call_action_to_make"
        )
        call_list = {**action, "domain": [("id", "in", planned.ids)], "context": {}}
        if not excluded:
            return call_list
        return notification_action(
            "\n".join(excluded.values()),
            "warning",
            call_list,
            title=self.env._("Not added to the call list"),
            sticky=True,
        )

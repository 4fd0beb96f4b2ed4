from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, ValidationError

from ...rules.call import call_message, call_number
from ..mixin.gate import without_gate

# A number that is shown again within this time is the same call, still in progress.
SAME_CALL = timedelta(minutes=15)
# Nobody chooses among more customers on the display of a phone.
MAX_CUSTOMERS = 10

LOGGING_GROUPS = ("invoicing_clerk.group_phone_system", "invoicing_clerk.group_clerk")


class ClerkCall(models.Model):
    """The interface for phone systems and softphones, which log calls."""

    _inherit = "clerk.call"

    @without_gate
    @api.model
    def log_call(self, values):
        """Log a call from a phone system. Messages may be repeated.

        A call whose first message has its end, or that ends without an agent, is done.
        Any other call is in progress until its clerk enters the outcome. Later messages
        with the same ``external_id`` add values that are missing, such as end or agent.

        :param dict values: required are ``external_id``, the id of the call in the
            phone system, and ``direction`` (``in`` or ``out``); optional are ``number``
            (empty or ``anonymous`` if withheld), ``start`` (default: now) and ``end``
            in ISO 8601 (UTC without an offset), and ``agent``, login or id of a clerk
        :return: ``id`` of the call and ``customers`` who have the number, at most ten,
            each with ``id`` and ``name``; a single customer is linked to the call
        :raises AccessError: the user is neither a phone system nor a clerk
        :raises UserError: a value is invalid; nothing is stored
        """
        self._check_may_log()
        company = self.env.company
        message = self._read_message(values)
        # sudo: a phone system has no access to calls except through this method. It
        # writes only to a company of its user, and receives only the names of customers
        # with the number that it sent.
        calls = self.sudo().with_company(company).with_context(**self._quiet_context())
        if call := calls._find_logged(message):
            call._update_logged(message)
        else:
            call = calls._log_new(message)
        return call._log_response()

    @api.model
    def _check_may_log(self):
        if not any(self.env.user.has_group(group) for group in LOGGING_GROUPS):
            raise AccessError(
                self.env._(
                    "%s is not allowed to log calls. Ask an administrator for the "
                    "role Phone System or Clerk.",
                    self.env.user.name,
                )
            )

    @api.model
    def _quiet_context(self):
        """Return a context in which logging a call notifies nobody."""
        return {
            "tracking_disable": True,
            "mail_create_nosubscribe": True,
            "mail_auto_subscribe_no_notify": True,
        }

    @api.model
    def _read_message(self, values):
        try:
            return call_message.read(values)
        except call_message.BadMessageError as error:
            raise ValidationError(self._describe_problem(error)) from error

    @api.model
    def _describe_problem(self, error):
        shown = {"name": error.name[:40], "value": str(error.value)[:40]}
        if error.problem == "missing":
            return self.env._("“%(name)s” is missing.", **shown)
        if error.problem == "unknown":
            return self.env._(
                "“%(name)s” is not known. The values of a call are: %(names)s.",
                names=", ".join(call_message.NAMES),
                **shown,
            )
        if error.problem == "direction":
            return self.env._(
                "“direction” must be “in” or “out”, not “%(value)s”.", **shown
            )
        if error.problem == "time":
            return self.env._(
                "“%(name)s” must be a time after 2000, such as "
                "2026-01-31T09:30:00+01:00, not “%(value)s”.",
                **shown,
            )
        if error.problem == "id":
            return self.env._(
                "“%(name)s” must consist of at most 128 letters, digits and characters "
                "of ._:@+/=~!*%%-, not “%(value)s”.",
                **shown,
            )
        return self.env._(
            "“%(name)s” has a value of the wrong type or size: “%(value)s”.", **shown
        )

    @api.model
    def _find_logged(self, message):
        return self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("external_id", "=", message.external_id),
            ]
        )

    @api.model
    def _log_new(self, message):
        """:raises ConcurrencyError: the same message arrives at the same time; Odoo
        repeats the request, which then finds the call
        """
        number = self._number_of(message)
        try:
            call = self.create(
                {
                    "external_id": message.external_id,
                    "company_id": self.env.company.id,
                    "direction": message.direction,
                    "number": number,
                    "start": message.start or fields.Datetime.now(),
                    "end": message.end,
                    "user_id": self._agent_of(message).id,
                    "state": "done" if message.end else "in_progress",
                }
            )
        except UniqueViolation as error:
            raise ConcurrencyError(
                self.env._("Call %s is being logged.", message.external_id)
            ) from error
        call._identify(call._callers())
        return call

    @api.model
    def _number_of(self, message):
        """Return the number as people read it, False if it is withheld."""
        if call_number.is_withheld(message.number):
            return False
        return self._readable_number(message.number)

    @api.model
    def _readable_number(self, number):
        partners = self.env["res.partner"]
        dialled = partners._dialled(number)
        country = self.env.company.country_id
        international = partners._phone_format(
            number=dialled, country=country, force_format="INTERNATIONAL"
        )
        return international or dialled

    @api.model
    def _agent_of(self, message):
        """Return the clerk in the call: the agent, or else the user if a clerk."""
        if message.agent is None:
            agent = self.env.user
            return agent if agent.has_group(LOGGING_GROUPS[1]) else agent.browse()
        key = "id" if isinstance(message.agent, int) else "login"
        agent = self.env["res.users"].search([(key, "=", message.agent)])
        company = self.env.company
        if company not in agent.company_ids or not agent.has_group(LOGGING_GROUPS[1]):
            raise ValidationError(
                self.env._(
                    "“%(agent)s” is not an invoicing clerk of %(company)s.",
                    agent=message.agent,
                    company=company.name,
                )
            )
        return agent

    def _update_logged(self, message):
        """Add values that are missing; what is known stays, so repeats change nothing.

        :raises ValidationError: the message is about another call with the same id
        """
        number = self._number_of(message)
        if message.direction != self.direction or (
            number and self.number and not self._is_number(number)
        ):
            raise ValidationError(
                self.env._(
                    "Call %(id)s is already logged as %(call)s, with a different "
                    "number or direction. Use a unique ID for each call.",
                    id=message.external_id,
                    call=self.display_name,
                )
            )
        values = {
            "number": number,
            "end": message.end,
            "user_id": self._agent_of(message).id,
        }
        missing = {
            name: value for name, value in values.items() if value and not self[name]
        }
        if missing and not self.anonymised_on:
            self._write_missing(missing)

    def _write_missing(self, values):
        has_clerk = self.user_id or values.get("user_id")
        if self.state == "in_progress" and values.get("end") and not has_clerk:
            values["state"] = "done"
        self.write(values)
        if "number" in values and not self.partner_id:
            self._identify(self._callers())

    def _is_number(self, number):
        return call_number.tail(self.number or "") == call_number.tail(number)

    def _log_response(self):
        customers = self.partner_id or self._callers().commercial_partner_id
        return {
            "id": self.id,
            "customers": [
                {"id": customer.id, "name": customer.display_name}
                for customer in customers[:MAX_CUSTOMERS]
            ],
        }

    # Softphones

    @api.model
    def _call_of_number(self, number):
        """Return the call in progress with a number; begin one if there is none.

        :raises UserError: the number is invalid
        """
        self.check_access("create")
        withheld = call_number.is_withheld(number)
        readable = False if withheld else self._readable_number(number)
        recent = self._recent_calls().filtered(
            lambda call: call._is_number(readable or "")
        )
        if call := recent[:1]:
            call.filtered(lambda each: not each.user_id).user_id = self.env.user
            return call
        call = self.create({"number": readable})
        call._identify(call._callers())
        return call

    @api.model
    def _recent_calls(self):
        """Return recent calls in progress, of the user or unassigned, latest first."""
        return self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "in_progress"),
                ("end", "=", False),
                ("start", ">=", fields.Datetime.now() - SAME_CALL),
                ("user_id", "in", (self.env.uid, False)),
            ]
        )

from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, ValidationError

from ...rules.call import call_message, call_number

# A number that is shown again within this time is the same call, still in progress.
SAME_CALL = timedelta(minutes=15)
# So many customers are told to a telephone system; nobody chooses among more.
MOST_CUSTOMERS = 10

TELLERS = ("invoicing_clerk.group_telephone", "invoicing_clerk.group_clerk")


class ClerkCall(models.Model):
    """How telephone systems and softphones tell of calls."""

    _inherit = "clerk.call"

    @api.model
    def log_call(self, values):
        """Log a call that a telephone system tells of, once however often it is told.

        A call that is told with its end, or that ends without an agent, is done.
        Otherwise it is in progress until its clerk says what came of it. A message of a
        call that is known adds what was not known: its end, say, and the agent.

        :param dict values: ``external_id`` by which the system knows the call and
            ``direction`` (``in`` or ``out``); if known, ``number`` (empty or
            ``anonymous`` if withheld), ``start`` (now by default) and ``end`` in ISO
            8601, without a zone in UTC, and ``agent``, the login or id of a clerk
        :return: ``id`` of the call and ``customers``: who has the number, as ``id`` and
            ``name``, at most ten; the call is linked to a customer if there is but one
        :raises AccessError: if the user is neither a telephone system nor a clerk
        :raises UserError: if a value cannot be used; nothing is stored then
        """
        self._check_teller()
        company = self.env.company
        message = self._read_message(values)
        # sudo: a telephone system reads and writes nothing but what follows. All of it
        # is of one company that its user may enter; the names of customers who have the
        # number that it told are all that it learns.
        calls = self.sudo().with_company(company).with_context(**self._silence())
        if call := calls._told_before(message):
            call._add_told(message)
        else:
            call = calls._create_told(message)
        return call._told_answer()

    @api.model
    def _check_teller(self):
        if not any(self.env.user.has_group(group) for group in TELLERS):
            raise AccessError(
                self.env._(
                    "%s may not log calls. Ask for the role Telephone System or Clerk.",
                    self.env.user.name,
                )
            )

    @api.model
    def _silence(self):
        """Nobody gets an e-mail for each call, or follows it for having told of it."""
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
            raise ValidationError(self._why_bad(error)) from error

    @api.model
    def _why_bad(self, error):
        shown = {"name": error.name[:40], "value": str(error.value)[:40]}
        if error.problem == "missing":
            return self.env._("“%(name)s” is missing.", **shown)
        if error.problem == "unknown":
            return self.env._(
                "“%(name)s” is not known. A call has these values: %(names)s.",
                names=", ".join(call_message.NAMES),
                **shown,
            )
        if error.problem == "direction":
            return self.env._(
                "“direction” is “in” or “out”, and not “%(value)s”.", **shown
            )
        if error.problem == "time":
            return self.env._(
                "“%(name)s” is a time after 2000 as 2026-01-31T09:30:00+01:00, and not "
                "“%(value)s”.",
                **shown,
            )
        if error.problem == "id":
            return self.env._(
                "“%(name)s” has at most 128 letters, digits and signs of "
                "._:@+/=~!*%%-, and “%(value)s” does not.",
                **shown,
            )
        return self.env._(
            "“%(name)s” has a value of the wrong type or size: “%(value)s”.", **shown
        )

    @api.model
    def _told_before(self, message):
        return self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("external_id", "=", message.external_id),
            ]
        )

    @api.model
    def _create_told(self, message):
        """:raises ConcurrencyError: where the same message came at the same time; the
        request is tried again by itself, and then finds the call
        """
        number = self._told_number(message)
        try:
            call = self.create(
                {
                    "external_id": message.external_id,
                    "company_id": self.env.company.id,
                    "direction": message.direction,
                    "number": number,
                    "start": message.start or fields.Datetime.now(),
                    "end": message.end,
                    "user_id": self._told_agent(message).id,
                    "state": "done" if message.end else "in_progress",
                }
            )
        except UniqueViolation as error:
            raise ConcurrencyError(
                self.env._("Call %s is being logged.", message.external_id)
            ) from error
        call._identify(call._told_callers())
        return call

    @api.model
    def _told_number(self, message):
        """The number as people read it; nothing where it was withheld."""
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
    def _told_agent(self, message):
        """The clerk who speaks: the one that is named, or else the clerk who tells."""
        if message.agent is None:
            agent = self.env.user
            return agent if agent.has_group(TELLERS[1]) else agent.browse()
        key = "id" if isinstance(message.agent, int) else "login"
        agent = self.env["res.users"].search([(key, "=", message.agent)])
        company = self.env.company
        if company not in agent.company_ids or not agent.has_group(TELLERS[1]):
            raise ValidationError(
                self.env._(
                    "“%(agent)s” is no invoicing clerk of %(company)s.",
                    agent=message.agent,
                    company=company.name,
                )
            )
        return agent

    def _add_told(self, message):
        """Take over what is new; what is known stays, so that repeats change nothing.

        :raises ValidationError: if it is another call that has the same id
        """
        number = self._told_number(message)
        if message.direction != self.direction or (
            number and self.number and not self._is_number(number)
        ):
            raise ValidationError(
                self.env._(
                    "Call %(id)s is %(call)s already, of another number or direction. "
                    "Give every call an id of its own.",
                    id=message.external_id,
                    call=self.display_name,
                )
            )
        told = {
            "number": number,
            "end": message.end,
            "user_id": self._told_agent(message).id,
        }
        new = {name: value for name, value in told.items() if value and not self[name]}
        if new and not self.anonymised_on:
            self._write_told(new)

    def _write_told(self, new):
        nobody_finishes = not (self.user_id or new.get("user_id"))
        if self.state == "in_progress" and new.get("end") and nobody_finishes:
            new["state"] = "done"
        self.write(new)
        if "number" in new and not self.partner_id:
            self._identify(self._told_callers())

    def _is_number(self, number):
        return call_number.tail(self.number or "") == call_number.tail(number)

    def _told_callers(self):
        partners = self.env["res.partner"]
        if not self.number:
            return partners
        return partners._find_callers(self.number, self.company_id)

    def _told_answer(self):
        customers = self.partner_id or self._told_callers().commercial_partner_id
        return {
            "id": self.id,
            "customers": [
                {"id": customer.id, "name": customer.display_name}
                for customer in customers[:MOST_CUSTOMERS]
            ],
        }

    # Screen-pop

    @api.model
    def _call_of_number(self, number):
        """The call in progress of a number, which its clerk opens; begun if needed.

        :raises UserError: if it is no number
        """
        self.check_access("create")
        shown = (
            False if call_number.is_withheld(number) else self._readable_number(number)
        )
        same = self._calls_just_begun().filtered(
            lambda call: call._is_number(shown or "")
        )
        if call := same[:1]:
            call.filtered(lambda each: not each.user_id).user_id = self.env.user
            return call
        call = self.create({"number": shown})
        call._identify(call._told_callers())
        return call

    @api.model
    def _calls_just_begun(self):
        """Calls in progress that are the clerk's or nobody's yet, the latest first."""
        return self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "in_progress"),
                ("end", "=", False),
                ("start", ">=", fields.Datetime.now() - SAME_CALL),
                ("user_id", "in", (self.env.uid, False)),
            ]
        )

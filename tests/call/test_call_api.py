import json
from datetime import timedelta
from unittest.mock import ANY

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon


class CallApiCommon(CallCommon):
    """A phone system, with the role to log calls and no other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.belgium = cls.env.ref("base.be")
        cls.company_a.country_id = cls.belgium
        cls.partner_a.write({"country_id": cls.belgium.id, "phone": "02 555 12 12"})
        cls.calls = cls.env["clerk.call"].sudo()
        cls.phone = cls._new_user(
            "phone_a", "base.group_user,invoicing_clerk.group_phone_system"
        )

    def _send(self, user=None, **values):
        """Send a message as a phone system, and return the response."""
        message = {"external_id": "1", "direction": "in", "number": "02 555 12 12"}
        calls = self.env["clerk.call"].with_user(user or self.phone)
        return calls.log_call({**message, **values})

    def _log(self, **values):
        return self.calls.browse(self._send(**values)["id"])

    def _count(self):
        return self.calls.search_count([])


@tagged("post_install", "-at_install")
class TestCallApi(CallApiCommon):
    """Messages of a phone system."""

    def test_message_logs_a_call_of_the_customer(self):
        call = self._log(agent="clerk_a", start="2026-01-05T10:00:00+01:00")
        self.assertEqual(call.partner_id, self.partner_a)
        self.assertEqual(call.user_id, self.clerk)
        self.assertEqual(call.company_id, self.company_a)
        self.assertEqual(call.number, "+32 2 555 12 12")
        self.assertEqual(call.start, fields.Datetime.to_datetime("2026-01-05 09:00:00"))
        self.assertEqual(call.state, "in_progress", "the clerk enters the outcome")

    def test_response_has_only_the_customer(self):
        answer = self._send(number="+3225551212")
        customer = {"id": self.partner_a.id, "name": self.partner_a.display_name}
        self.assertEqual(answer, {"id": ANY, "customers": [customer]})

    def test_shared_number_links_nobody_and_names_all(self):
        other = self.partner_b
        other.write({"country_id": self.belgium.id, "phone": self.partner_a.phone})
        answer = self._send()
        names = {customer["id"] for customer in answer["customers"]}
        self.assertEqual(names, {self.partner_a.id, other.id})
        self.assertFalse(self.calls.browse(answer["id"]).partner_id)

    def test_unknown_and_withheld_numbers_are_calls_too(self):
        unknown = self._send(number="+32485000001")
        self.assertFalse(unknown["customers"])
        withheld = self._log(external_id="2", number="anonymous")
        self.assertFalse(withheld.number or withheld.partner_id)

    def test_repeated_message_is_one_call(self):
        first = self._send()
        before = self._count()
        self.assertEqual(self._send(), first)
        self.assertEqual(self._count(), before)

    def test_second_message_ends_the_call(self):
        now = fields.Datetime.now()
        start, end = (str(now - timedelta(minutes=m)) for m in (9, 4))
        call = self._log(start=start, agent=self.clerk.id)
        self._log(start=start, end=end)
        self.assertEqual(call.duration, 5)
        self.assertEqual(call.state, "in_progress", "the clerk enters the outcome")
        self._log(start=start, end=str(now))
        self.assertEqual(str(call.end), end, "what is known stays")

    def test_call_without_a_clerk_is_done_when_it_ends(self):
        now = fields.Datetime.now()
        call = self._log(start=str(now - timedelta(minutes=2)))
        self.assertEqual(call.state, "in_progress")
        self._log(end=str(now))
        self.assertEqual((call.state, call.duration), ("done", 2))

    def test_call_with_its_end_is_done(self):
        now = fields.Datetime.now()
        start, end = (str(now - timedelta(minutes=m)) for m in (9, 4))
        call = self._log(start=start, end=end, agent="clerk_a", direction="out")
        self.assertEqual((call.state, call.duration), ("done", 5))

    def test_agent_and_number_come_later(self):
        call = self._log(number="")
        self._log(agent="clerk_a")
        self.assertEqual(call.user_id, self.clerk)
        self.assertEqual(call.partner_id, self.partner_a)

    def test_values_of_the_clerk_stay(self):
        call = self._log(agent="clerk_a")
        as_clerk = call.with_user(self.clerk)
        as_clerk.write({"summary": "Wants a copy.", "partner_id": self.partner_b.id})
        self._log(agent=self.colleague.login, end=str(fields.Datetime.now()))
        self.assertEqual(as_clerk.summary, "Wants a copy.")
        self.assertEqual(
            (as_clerk.user_id, as_clerk.partner_id), (self.clerk, self.partner_b)
        )

    def test_id_of_another_call_is_refused(self):
        self._send()
        for values in ({"number": "+32485000001"}, {"direction": "out"}):
            with self.assertRaisesRegex(ValidationError, "Use a unique ID"):
                self._send(**values)

    def test_each_company_has_ids_of_its_own(self):
        of_company_b = new_test_user(
            self.env,
            login="phone_b",
            groups="base.group_user,invoicing_clerk.group_phone_system",
            company_id=self.company_b.id,
            company_ids=[(6, 0, self.company_b.ids)],
        )
        first, second = self._log(), self._log(user=of_company_b)
        self.assertNotEqual(first, second)
        self.assertEqual(second.company_id, self.company_b)

    def test_invalid_messages_are_refused_and_nothing_stored(self):
        before = self._count()
        now = fields.Datetime.now()
        for values, words in (
            ({"external_id": None}, "“external_id” is missing"),
            ({"external_id": "x" * 129}, "at most 128"),
            ({"external_id": "<b>1</b>"}, "at most 128"),
            ({"external_id": ["1"]}, "wrong type or size"),
            ({"direction": "<script>"}, "“in” or “out”"),
            ({"direction": None}, "“direction” is missing"),
            ({"number": 32255512}, "wrong type or size"),
            ({"number": "hello"}, "is not a phone number"),
            ({"number": "1" * 100_000}, "wrong type or size"),
            ({"number": "<b>25</b>"}, "is not a phone number"),
            ({"agent": "nobody"}, "is not an invoicing clerk of"),
            ({"agent": 2**40}, "wrong type or size"),
            ({"agent": 2**31 - 1}, "is not an invoicing clerk of"),
            ({"agent": "outsider_a"}, "is not an invoicing clerk of"),
            ({"agent": "clerk_b"}, "is not an invoicing clerk of"),
            ({"agent": self.clerk_b.id}, "is not an invoicing clerk of"),
            ({"start": "soon"}, "must be a time after 2000"),
            ({"start": 12}, "must be a time after 2000"),
            ({"end": "0000-00-00"}, "must be a time after 2000"),
            ({"start": str(now + timedelta(hours=1))}, "in the future"),
            ({"start": str(now), "end": str(now - timedelta(hours=1))}, "cannot end"),
            ({"partner_id": self.partner_b.id}, "“partner_id” is not known"),
            ({"company_id": self.company_b.id}, "“company_id” is not known"),
        ):
            with (
                self.subTest(values=str(values)[:60]),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._send(**values)
        for values in (None, [], "in", 5):
            with self.assertRaisesRegex(UserError, "wrong type or size"):
                self.env["clerk.call"].with_user(self.phone).log_call(values)
        self.assertEqual(self._count(), before)

    def test_only_users_with_the_role(self):
        for user in (self.outsider, self.auditor):
            with self.assertRaisesRegex(AccessError, "is not allowed to log calls"):
                self._send(user=user)
        self.assertEqual(self._log(user=self.clerk).user_id, self.clerk)

    def test_a_phone_system_reads_no_call(self):
        call = self._log()
        for operation in ("read", "write", "create", "unlink"):
            self.assertFalse(call.with_user(self.phone).has_access(operation))

    def test_other_companies_are_refused(self):
        calls = self.env["clerk.call"].with_user(self.phone)
        calls = calls.with_context(allowed_company_ids=self.company_b.ids)
        with self.assertRaises(AccessError):
            calls.log_call({"external_id": "1", "direction": "in"})

    def test_customers_of_other_companies_are_not_disclosed(self):
        self.partner_a.company_id = self.company_b
        self.assertFalse(self._send()["customers"])

    def test_nobody_is_notified_and_nobody_follows(self):
        call = self._log(agent="clerk_a")
        self.assertFalse(call.message_ids)
        self.assertNotIn(self.phone.partner_id, call.message_partner_ids)


@tagged("post_install", "-at_install")
class TestCallPop(HttpCase, CallApiCommon):
    """Requests of softphones and phone systems."""

    def _pop(self, address, login="clerk_a"):
        self.authenticate(login, login)
        return self.url_open(address, allow_redirects=False)

    def _popped(self, address, **options):
        answer = self._pop(address, **options)
        self.assertEqual(answer.status_code, 303, answer.text)
        path, _slash, call_id = answer.headers["Location"].rpartition("/")
        self.assertTrue(path.endswith("/odoo/calls"))
        return self.calls.browse(int(call_id))

    def test_repeated_requests_open_one_call(self):
        call = self._popped("/clerk/call?number=%2B3225551212&line=2")
        self.assertEqual(call.partner_id, self.partner_a)
        self.assertEqual(call.user_id, self.clerk)
        self.assertEqual(self._popped("/clerk/call?number=025551212"), call)
        self.assertEqual(self._popped("/clerk/call?number=+3225551212"), call, "bare +")

    def test_logged_call_is_opened(self):
        logged = self._log()
        call = self._popped("/clerk/call?number=025551212")
        self.assertEqual(call, logged)
        self.assertEqual(call.user_id, self.clerk)

    def test_calls_of_others_and_old_calls_are_not_opened(self):
        of_colleague = self._log(agent=self.colleague.login)
        old = self._log(
            external_id="2", start=str(fields.Datetime.now() - timedelta(minutes=20))
        )
        self.assertNotIn(
            self._popped("/clerk/call?number=025551212"), of_colleague | old
        )

    def test_another_number_is_another_call(self):
        first = self._popped("/clerk/call?number=025551212")
        self.assertNotEqual(self._popped("/clerk/call?number=025551213"), first)
        withheld = self._popped("/clerk/call?number=anonymous")
        self.assertFalse(withheld.number)

    def test_the_company_in_use(self):
        self.clerk.company_ids |= self.company_b
        self.authenticate("clerk_a", "clerk_a")
        for cookie, company in (
            (f"{self.company_b.id}-{self.company_a.id}", self.company_b),
            ("99999999-x", self.company_a),
        ):
            self.opener.cookies.set("cids", cookie)
            number = f"/clerk/call?number=0255512{company.id % 100:02d}"
            answer = self.url_open(number, allow_redirects=False)
            call_id = int(answer.headers["Location"].rpartition("/")[2])
            self.assertEqual(self.calls.browse(call_id).company_id, company)

    def test_refused(self):
        before = self._count()
        for login in ("outsider_a", "auditor_a", "phone_a"):
            with self.subTest(login=login):
                answer = self._pop("/clerk/call?number=025551212", login=login)
                self.assertEqual(answer.status_code, 403)
        answer = self._pop("/clerk/call?number=hello")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("is not a phone number", answer.text)
        self.logout()
        answer = self.url_open("/clerk/call?number=1", allow_redirects=False)
        self.assertIn("/web/login", answer.headers["Location"])
        self.assertEqual(self._count(), before)

    def test_json_2(self):
        """The key of a phone system logs a call; that of an outsider is refused."""

        def post(user, values):
            key = (
                self.env["res.users.apikeys"]
                .with_user(user)
                .sudo()
                ._generate(None, "test", False)
            )
            return self.url_open(
                "/json/2/clerk.call/log_call",
                data=json.dumps({"values": values}),
                headers={
                    "Authorization": f"Bearer {key}",
                    "Content-Type": "application/json",
                },
            )

        message = {"external_id": "json", "direction": "in", "number": "+3225551212"}
        answer = post(self.phone, message)
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(answer.json()["customers"][0]["id"], self.partner_a.id)
        self.assertEqual(post(self.outsider, message).status_code, 403)
        refused = post(self.phone, {**message, "start": "soon"})
        self.assertEqual(refused.status_code, 422)
        self.assertIn("must be a time after 2000", refused.json()["message"])

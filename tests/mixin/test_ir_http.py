import inspect
import json
import re
import socket
import threading
from io import BytesIO
from unittest.mock import patch

from odoo.http import Request
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)

SECONDS = 20
HUGE = 1 << 41
WORDS = (
    *("", " ", "0", "-1", "1.5", "abc", "99999999999999999999", "true", "null", "[]"),
    *("a\0b", "\U0001f600", "\u202e", "größer", "9999-12-31", "0000-00-00", "NaN"),
    *("Infinity", "1e400", "²", "٣", "<b>", "%s{0.__class__}", "'; --", "x" * 4_000),
    *("pdf", "html", "../../etc/passwd"),
)
VALUES = (
    *(None, True, False, 0, -1, 2**63, 1e308, [], {}, ["a"], {"a": [1]}, [[[]]]),
    *("", "a\0b", "\ud800", "größer", "x" * 20_000, "9999-12-31"),
)
PATHS = (
    "0",
    "2147483647",
    "2147483648",
    "99999999999999999999",
    "-1",
    "abc",
    "1.5",
    "9" * 5000,
)
MORE = ("problem", "entered", "reported", "change", "move_id", "agrees", "note")


@tagged("post_install", "-at_install")
class TestIrHttp(ConfirmationCommon, HttpCase):
    """Each route of ours answers odd requests of everybody with a sentence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls._customers(1)
        cls.portal = new_test_user(
            cls.env,
            login="customer_of_routes",
            groups="base.group_portal",
            partner_id=cls.customer.id,
        )
        cls.users = {
            "visitor": None,
            **{
                name: getattr(cls, name)
                for name in ("portal", "outsider", "clerk", "supervisor", "auditor")
            },
        }

    def setUp(self):
        super().setUp()
        run = self._asked(self.customer)
        self.confirmation = self._confirmation(run, self.customer)
        self.token = self.confirmation.sudo().access_token
        statements = self.env["clerk.statement.run"].with_user(self.clerk)
        run = statements.create({"date": "2026-01-31", "with_zero": True})
        run.action_compute()
        self.statement = run.statement_ids[:1]

    def _rules(self):
        thread, name = threading.current_thread(), self.env.cr.dbname
        with patch.object(thread, "dbname", name, create=True):
            routing = self.env["ir.http"].routing_map()
        return [
            rule
            for rule in routing.iter_rules()
            if self.env["ir.http"]._is_clerk_route(rule.endpoint)
        ]

    def _path(self, rule, number=None):
        known = {
            "confirmation_id": self.confirmation.id,
            "statement_id": self.statement.id,
            "statement": self.statement.id,
            "audit_id": self.audit.id,
            "page": 1,
            "partner_id": self.customer.id,
        }
        return re.sub(
            r"<[^<>]*?:?(\w+)>",
            lambda part: str(known.get(part[1], 1)) if number is None else number,
            rule.rule,
        )

    def _log_in(self, user):
        if user:
            user.password = f"{user.login}_password"
            self.authenticate(user.login, f"{user.login}_password")
        else:
            self.authenticate(None, None)

    def _check(self, answer, *sent):
        self.assertLess(answer.status_code, 500, (*sent, answer.text[:2000]))
        if "json" in answer.headers.get("Content-Type", ""):
            error = answer.json().get("error") or {}
            name = error.get("data", {}).get("name", "odoo.exceptions")
            self.assertTrue(name.startswith(("odoo.exceptions", "werkzeug")), error)

    def test_every_route_has_a_limit(self):
        """A route without a limit of its own takes 128 MB, or what core allows."""
        rules = self._rules()
        self.assertGreaterEqual(len(rules), 15)
        for rule in rules:
            self.assertIn("max_content_length", rule.endpoint.routing, rule.rule)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http", "werkzeug")
    def test_odd_values(self):
        """Each parameter of each route × 29 words or 18 values × 6 people.

        Found: a list as name, a file as text, null bytes, ids beyond the database.
        """
        tried = 0
        for name, user in self.users.items():
            self._log_in(user)
            for rule in self._rules():
                for sent in self._odd_requests(rule):
                    with self.subTest(user=name, rule=rule.rule, sent=repr(sent)[:200]):
                        self._check(self._send(rule, **sent), name, rule.rule)
                    tried += 1
        self.assertGreater(tried, 1000)

    def _odd_requests(self, rule):
        for number in PATHS if rule.arguments else ():
            yield {"number": number}
        signature = inspect.signature(rule.endpoint.func)
        names = [*signature.parameters, *MORE]
        names = [name for name in names if name not in {"self", *rule.arguments}]
        is_json = rule.endpoint.routing["type"] == "jsonrpc"
        for value in VALUES if is_json else WORDS:
            yield {"values": dict.fromkeys(names, value)}
        for name in names:
            yield {"values": {name: ["a"] if is_json else "a\0b"}}
            if not is_json:
                yield {"values": {}, "files": {name: ("a\0.png", BytesIO(b"x"))}}

    def _send(self, rule, number=None, values=(), files=None):
        path, values = self._path(rule, number), dict(values)
        if rule.endpoint.routing["type"] == "jsonrpc":
            return self.url_open(
                f"{path}?access_token={self.token}",
                data=json.dumps({"params": values}),
                headers={"Content-Type": "application/json"},
                timeout=SECONDS,
            )
        if "POST" not in (rule.methods or ("GET",)):
            return self.url_open(
                path, params=values, allow_redirects=False, timeout=SECONDS
            )
        values = {name: value.encode() for name, value in values.items()}
        return self.url_open(
            f"{path}?access_token={self.token}",
            data={"csrf_token": Request.csrf_token(self), **values},
            files=files,
            allow_redirects=False,
            timeout=SECONDS,
        )

    def _answer_to_head(self, rule, size, kind):
        """Return the status for a request of which only the head is sent."""
        with self.allow_requests():
            return self._status_of_head(rule, size, kind)

    def _status_of_head(self, rule, size, kind):
        method = "GET" if rule.methods and "POST" not in rule.methods else "POST"
        cookies = "; ".join(f"{each.name}={each.value}" for each in self.opener.cookies)
        head = (
            f"{method} {self._path(rule)} HTTP/1.1\r\nHost: localhost\r\n"
            f"Cookie: {cookies}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {size}\r\n\r\n"
        )
        address = ("127.0.0.1", self.http_port())
        with socket.create_connection(address, timeout=SECONDS) as connection:
            connection.sendall(head.encode())
            return int(connection.recv(4096).split()[1])

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_http", "werkzeug")
    def test_size_and_sender_before_the_first_byte(self):
        """The answer comes although no byte of the body was sent.

        Core's page for a refusal read the body first: anybody with a login, without
        rights to the pack, filled the disk through the check of a copy.
        """
        form = "multipart/form-data; boundary=b"
        for name, user in self.users.items():
            self._log_in(user)
            for rule in self._rules():
                routing = rule.endpoint.routing
                kind = "application/json" if routing["type"] == "jsonrpc" else form
                with self.subTest(user=name, rule=rule.rule):
                    status = self._answer_to_head(rule, HUGE, kind)
                    self.assertIn(status, (303, 403, 404, 413))
                    if routing.get("may_send") and name in ("visitor", "outsider"):
                        status = self._answer_to_head(rule, 100_000, kind)
                        self.assertIn(status, (303, 403, 404))

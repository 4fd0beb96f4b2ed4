import socket
from datetime import timedelta
from threading import Thread

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.statement.statement_delivery_mail import (
    MAX_BROKEN,
)
from odoo.addons.invoicing_clerk.rules.statement.statement_delivery import (
    RETRY_MINUTES,
)
from odoo.addons.invoicing_clerk.tests.postbox import free_port
from odoo.addons.invoicing_clerk.tests.statement.test_statement_run_send import (
    StatementSendCommon,
)


def _address_in(line):
    return line.split("<")[1].split(">")[0]


class ScriptedServer:
    """A mail server on loopback that answers as told, or hangs up.

    ``answers`` maps a command (``MAIL``, ``RCPT``, ``DATA``, ``END``) to its reply;
    None ends the connection without one.
    """

    def __init__(self):
        self.answers, self.sessions, self.received = {}, 0, []
        self.port = free_port()
        self._socket = socket.create_server(("127.0.0.1", self.port))
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self):
        self._socket.close()

    def _serve(self):
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.sessions += 1
            with connection, connection.makefile("rwb") as stream:
                self._talk(stream)

    def _talk(self, stream):
        def say(text):
            stream.write(f"{text}\r\n".encode())
            stream.flush()

        say("220 ready")
        recipients = []
        while line := stream.readline().decode():
            command = line.split(":")[0].split(" ")[0].strip().upper()
            answer = self._answer_to(command, line)
            if command == "RCPT" and answer and answer.startswith("250"):
                recipients.append(_address_in(line))
            if answer is None:
                return
            say(answer)
            if command == "QUIT":
                return
            if answer.startswith("354"):
                end = self._take(stream)
                if end is None:
                    return
                say(end)
                self.received += recipients if end.startswith("250") else []
                recipients = []

    def _answer_to(self, command, line):
        normal = {"EHLO": "250 us", "DATA": "354 go on", "QUIT": "221 bye"}
        answer = self.answers.get(command, normal.get(command, "250 OK"))
        if isinstance(answer, dict):
            return answer.get(_address_in(line), "250 OK")
        return answer

    def _take(self, stream):
        """Read an email, and return the reply to it; None to hang up."""
        if "BODY" in self.answers:
            return None
        while stream.readline() not in (b".\r\n", b""):
            pass
        return self.answers.get("END", "250 taken")


@tagged("post_install", "-at_install")
class TestSmtpSession(StatementSendCommon):
    """Replies of a mail server at each point of a session, and what follows.

    Before, greylisting failed a statement permanently, and a connection that ended
    before the email was handed over left it in doubt.
    """

    def setUp(self):
        super().setUp()
        self.scripted = ScriptedServer()
        self.addCleanup(self.scripted.stop)
        self.server.smtp_port = self.scripted.port

    def _send_one(self, **answers):
        self.scripted.answers = answers
        run = self._sent(self._customers(1))
        return run.statement_ids

    def test_each_reply_at_each_point(self):
        later, failed, doubt = "ready", "failed", "doubt"
        table = [
            ({}, "sent"),
            ({"MAIL": "451 greylisted"}, later),
            ({"MAIL": "421 too many"}, later),
            ({"MAIL": "550 not you"}, failed),
            ({"MAIL": None}, later),
            ({"RCPT": "450 greylisted, come again"}, later),
            ({"RCPT": "421 closing"}, later),
            ({"RCPT": "452 mailbox full"}, later),
            ({"RCPT": "550 no such user"}, failed),
            ({"RCPT": None}, later),
            ({"DATA": "451 not now"}, later),
            ({"DATA": "554 no"}, failed),
            ({"DATA": None}, later),
            ({"BODY": None}, later),
            ({"END": "451 try again"}, later),
            ({"END": "421 closing"}, later),
            ({"END": "552 too large"}, failed),
            ({"END": None}, doubt),
            ({"END": "what?"}, doubt),
        ]
        for answers, expected in table:
            with self.subTest(**answers):
                statement = self._send_one(**answers)
                state = statement.delivery_state
                if "may have arrived" in (statement.delivery_error or ""):
                    state = "doubt"
                # The end of an email that is cut off can be in the network already.
                allowed = {expected, "doubt"} if "BODY" in answers else {expected}
                self.assertIn(state, allowed)
                self.assertEqual(bool(statement.retry_on), state == later)
                statement.run_id.sudo().state = "done"

    def test_greylisted_statement_arrives_later_once(self):
        statement = self._send_one(RCPT="450 greylisted")
        self.assertIn("greylisted", statement.delivery_error)
        self.assertEqual(statement.run_id.state, "sending")
        self.scripted.answers = {}
        self._work()
        self.assertFalse(self.scripted.received, "before its time")
        statement.sudo().retry_on = fields.Datetime.now()
        self._work()
        self.assertEqual(statement.delivery_state, "sent")
        self.assertFalse(statement.delivery_error)
        self.assertEqual(len(self.scripted.received), 1)

    def test_a_clock_that_jumps(self):
        """Forth while an email is sent and back again: it waited for that time, and
        the limit of emails per minute was taken as reached until then."""
        now = fields.Datetime.now()
        for ahead in (timedelta(days=400), timedelta(hours=7), timedelta(hours=-1)):
            with self.subTest(ahead=ahead):
                self.scripted.answers = {}
                with freeze_time(now + ahead):
                    statement = self._send_one(RCPT="450 greylisted")
                    self.assertEqual(statement.delivery_state, "ready")
                received = len(self.scripted.received)
                self.scripted.answers = {}
                self.company_a.clerk_statement_mails_per_minute = 1
                with freeze_time(now + timedelta(minutes=10)):
                    self._work()
                self.assertEqual(statement.delivery_state, "sent")
                self.assertEqual(len(self.scripted.received), received + 1)
                now += timedelta(hours=1)

    def test_attempts_are_bounded(self):
        statement = self._send_one(RCPT="450 greylisted")
        for _again in RETRY_MINUTES[1:]:
            self.assertEqual(statement.delivery_state, "ready")
            statement.sudo().retry_on = fields.Datetime.now()
            self._work()
        statement.sudo().retry_on = fields.Datetime.now()
        self._work()
        self.assertEqual(statement.delivery_state, "failed")
        self.assertFalse(statement.retry_on)

    def test_recipients_who_have_it_do_not_get_it_again(self):
        customer = self._customers(1)
        contacts = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": customer.id,
                    "email": f"{name}@c.example.com",
                }
                for name in ("ann", "bea")
            ]
        )
        customer.statement_contact_ids = contacts
        self.scripted.answers = {"RCPT": {contacts[1].email: "450 later"}}
        statement = self._sent(customer).statement_ids
        self.assertEqual(statement.delivery_state, "ready")
        self.scripted.answers = {}
        statement.sudo().retry_on = fields.Datetime.now()
        self._work()
        self.assertEqual(statement.delivery_state, "sent")
        self.assertEqual(
            sorted(self.scripted.received), sorted(contacts.mapped("email"))
        )

    def test_run_pauses_after_broken_sessions(self):
        self.scripted.answers = {"MAIL": None}
        run = self._sent(self._customers(2 * MAX_BROKEN))
        self.assertIn(f"ended {MAX_BROKEN} sessions in a row", run.error)
        self.assertEqual(self.scripted.sessions, MAX_BROKEN)
        self.assertEqual(self._states(run), ["ready"] * 2 * MAX_BROKEN)
        self.assertEqual(
            len(run.statement_ids.filtered("retry_on")), MAX_BROKEN, "others go on"
        )

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.models.mixin.thread import MAX_BODY, MAX_FILES
from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)
from odoo.addons.invoicing_clerk.tests.filled_common import FilledCommon

BOUNDARY = "b0undary"


def _file(at, size=10, name="file"):
    return (
        f"--{BOUNDARY}\nContent-Type: text/plain; name={name}{at}.txt\n"
        f"Content-Disposition: attachment; filename={name}{at}.txt\n\n{'x' * size}\n"
    )


@tagged("post_install", "-at_install")
class TestThread(ConfirmationCommon):
    """Forged replies to what we sent: real emails through Odoo's gateway.

    Before, senders became authors and followers, were notified of what users write,
    and the link of a confirmation stood in the chatter by their quotes.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domains = cls.env["mail.alias.domain"].sudo()
        if not domains.search([], limit=1):
            domains.create({"name": "us.example.com"})

    def setUp(self):
        super().setUp()
        self.customer = self._customers(1)
        self.thief = self.env["res.partner"].create(
            {"name": "Thief", "email": "thief@elsewhere.example.com"}
        )
        self.statement = self._sent(self.customer).statement_ids
        self.confirmation = self._asked(self.customer).confirmation_ids
        self.token = self.confirmation.sudo().access_token
        statement_id, confirmation_id = (
            mail["Message-Id"] for mail in self.postbox.mail_to(self.customer.email)
        )
        self.records = {
            self.statement.sudo(): statement_id,
            self.confirmation.sudo(): confirmation_id,
        }
        self.count = 0

    def _raw(self, message_id, body="Hello", parts="", headers="", **values):
        self.count += 1
        values = {
            "sender": self.thief.email,
            "to": "catchall@us.example.com",
            "cc": "",
            "reference": f"In-Reply-To: {message_id}",
            **values,
        }
        kind = f'multipart/mixed; boundary="{BOUNDARY}"' if parts else "text/html"
        if parts:
            text = f"--{BOUNDARY}\nContent-Type: text/html\n\n{body}\n"
            body = f"{text}{parts}--{BOUNDARY}--"
        return (
            f"From: {values['sender']}\nTo: {values['to']}\nCc: {values['cc']}\n"
            f"Subject: Re: {self.token}\n"
            f"Message-Id: <forged-{self.count}@e.example.com>\n"
            f"{values['reference']}\nMIME-Version: 1.0\n{headers}Content-Type: {kind}\n"
            f"\n{body}\n"
        )

    def _table(self, message_id):
        token = self.token
        wrapped = "<br>&gt; ".join((token[:10], token[10:]))
        supervisor = f"Boss <{self.supervisor.partner_id.email}>"
        return {
            "a stranger": self._raw(message_id),
            "the customer": self._raw(message_id, sender=self.customer.email),
            "a supervisor, forged": self._raw(message_id, sender=supervisor),
            "the auditor, forged": self._raw(message_id, sender=self.auditor.email),
            "ourselves, forged": self._raw(message_id, sender="us@us.example.com"),
            "no sender": self._raw(message_id, sender=""),
            "two senders": self._raw(message_id, sender=f"a@b.c, {supervisor}"),
            "by references": self._raw(
                message_id, reference=f"References: <x@y> {message_id}"
            ),
            "many references": self._raw(
                message_id,
                reference="References: " + " ".join(["<a@b>"] * 90 + [message_id]),
            ),
            "copies for others": self._raw(
                message_id, cc=f"{self.thief.email}, {self.customer.email}"
            ),
            "an automatic answer": self._raw(
                message_id, headers="Auto-Submitted: auto-replied\n"
            ),
            "a loop": self._raw(
                message_id, headers="Precedence: bulk\n", to="us@e.com"
            ),
            "a quoted link": self._raw(
                message_id, f"Yes <a href='/my?t={token}'>l</a>"
            ),
            "a wrapped link": self._raw(message_id, f"<p>{wrapped}</p>"),
            "an upper-case link": self._raw(message_id, token.upper()),
            "an encoded link": self._raw(message_id, f"access_token%3D{token}%26x"),
            "a link in tags": self._raw(
                message_id, f"{token[:9]}<wbr>{token[9:20]}<b>{token[20:]}</b>"
            ),
            "a huge body": self._raw(message_id, "<p>" + "word " * 300_000 + "</p>"),
            "deep quotes": self._raw(message_id, "<blockquote>" * 300 + "deep"),
            "a script": self._raw(message_id, "<script>alert(1)</script><img src=x>"),
            "many files": self._raw(
                message_id, parts="".join(_file(at) for at in range(40))
            ),
            "a large file": self._raw(message_id, parts=_file(1, 11 * 1024 * 1024)),
            "a link in a file": self._raw(
                message_id, parts=_file(1).replace("x" * 10, token)
            ),
            "instructions": self._raw(message_id, "SET state=agreed; close; approve"),
        }

    def _state(self, record):
        self.env.flush_all()
        self.env.invalidate_all()
        fields = ["state", "delivery_state", "delivery_error", "sent_on"]
        return record.read(fields), set(record.message_partner_ids.ids)

    def _counts(self):
        return {
            name: self.env[name].sudo().with_context(active_test=False).search_count([])
            for name in (
                *("mail.mail", "mail.notification", "res.partner", "clerk.call"),
                *("clerk.billing.error", "clerk.promise", "clerk.statement"),
            )
        }

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_emails_change_nothing(self):
        self.statement.sudo().message_subscribe(self.clerk.partner_id.ids)
        self.thief.user_ids = [
            (
                0,
                0,
                {
                    "name": "Thief",
                    "login": "thief",
                    "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
                },
            )
        ]
        for record, message_id in self.records.items():
            for name, raw in self._table(message_id).items():
                with self.subTest(record=record._name, email=name):
                    before, counts = self._state(record), self._counts()
                    known = record.message_ids
                    self._receive(raw)
                    self.assertEqual(self._state(record), before)
                    self._check_new(record, record.message_ids - known)
                    after = self._counts()
                    # Those who follow, all users of the company, may be notified.
                    for counter in ("mail.mail", "mail.notification"):
                        counts.pop(counter), after.pop(counter)
                    self.assertEqual(after, counts)
                    self._check_notified(record)

    def _receive(self, raw):
        try:
            with self.env.cr.savepoint():
                self.env["mail.thread"].sudo().message_process(False, raw)
        except ValueError:
            # Core refuses emails for which it knows no record.
            return

    def _check_new(self, record, messages):
        self.assertLessEqual(len(messages), 1)
        self.assertFalse(messages.author_id)
        self.assertLess(len(messages.body or ""), MAX_BODY + 2000)
        self.assertLessEqual(len(messages.attachment_ids), MAX_FILES)
        if record == self.confirmation:
            self.assertFalse(messages.attachment_ids)
            plain = "".join(
                character
                for character in f"{messages.body} {messages.subject}".lower()
                if character.isalnum() or character in "<>-"
            )
            self.assertNotIn(self.token[:18], plain)

    def _check_notified(self, record):
        notified = record.message_ids.notification_ids.res_partner_id
        outsiders = notified.filtered(
            lambda partner: not partner.user_ids.filtered(lambda user: not user.share)
        )
        self.assertFalse(outsiders)

    def test_every_chatter_of_ours_is_internal(self):
        registry = self.env.registry
        ours = [
            name
            for name, model in registry.items()
            if name.startswith("clerk.") and issubclass(model, registry["mail.thread"])
        ]
        self.assertGreater(len(ours), 10)
        for name in ours:
            self.assertTrue(
                issubclass(registry[name], registry["clerk.thread"]),
                f"{name} inherits mail.thread, not clerk.thread",
            )

    def test_what_is_read_from_a_tracked_record_is_not_logged_again(self):
        """Would have caught: sending a run wrote a message on each statement, as its
        *Run Status* was tracked like the status of the run."""
        threads = [
            model
            for name, model in self.env.items()
            if name.startswith("clerk.") and hasattr(model, "_track_get_fields")
        ]
        self.assertGreater(len(threads), 10)
        again = [
            str(model._fields[name])
            for model in threads
            for name in model._track_get_fields()
            if model._fields[name].related
        ]
        self.assertEqual(again, [])

    def test_who_has_no_address_confirms_nothing(self):
        for address in (
            False,
            "none",
            "@",
            self.company_a.email or "us@us.example.com",
        ):
            self.company_a.email = "us@us.example.com"
            self.auditor.email = address
            run = self._ask(self._customers(1))
            with self.subTest(address), self.assertRaisesRegex(Exception, "address"):
                run.action_release()

    def test_address_of_the_auditor_is_fixed_at_the_release(self):
        run = self._ask(self._customers(1))
        run.action_release()
        self.auditor.partner_id.email = "clerk@us.example.com"
        self.postbox.mails.clear()
        self._deliver()
        [(_to, mail)] = self.postbox.mails
        self.assertIn("auditor@auditors.example.com", mail["Reply-To"])


@tagged("post_install", "-at_install")
class TestThreadByCall(FilledCommon):
    """Calls by RPC of customers with a login, and of users without a role of ours.

    It would have caught: a customer who may read the own statement posts in its
    chatter, with recipients of the own choice, or follows it.
    """

    def _calls(self, record):
        """Return the methods of chatters that anybody may call, with arguments."""
        partner = self.partner_b.id
        return {
            "message_post": {"body": "Hello"},
            "message_post to others": {"body": "Hello", "partner_ids": [partner]},
            "message_post with a file": {
                "body": "Hello",
                "attachments": [["virus.exe", "x"]],
            },
            "message_post with a token": {
                "body": "Hello",
                "token": record.sudo()[:1]["access_token"]
                if "access_token" in record._fields
                else "x",
            },
            "message_notify": {"body": "Hello", "partner_ids": [partner]},
            "message_subscribe": {"partner_ids": [partner]},
            "message_unsubscribe": {"partner_ids": [self.clerk.partner_id.id]},
            "activity_schedule": {"summary": "Hello"},
        }

    def test_strangers_post_nothing(self):
        portal = self._new_user("portal_c", "base.group_portal")
        portal.sudo().partner_id.parent_id = self.partner_a
        tried, left = 0, self._messages()
        for record in self._threads():
            for user in (portal, self.outsider):
                for name, kwargs in self._calls(record).items():
                    method = name.split()[0]
                    if not hasattr(record, method):
                        continue
                    with self.subTest(record._name, call=name, user=user.login):
                        model = record.with_user(user).browse()
                        with self.assertRaises(AccessError):
                            call_kw(model, method, [record.ids], dict(kwargs))
                    tried += 1
        self.assertGreater(tried, 100)
        self.assertEqual(self._messages(), left)

    def _threads(self):
        """Return a record of each model of ours with a chatter."""
        models = [
            model.sudo()
            for name, model in self.env.items()
            if name.startswith("clerk.") and "message_ids" in model._fields
        ]
        found = [each.search([], limit=1) for each in models if not each._abstract]
        found = list(filter(None, found))
        self.assertGreater(len(found), 10)
        return found

    def _messages(self):
        messages = self.env(user=SUPERUSER_ID)["mail.message"]
        return messages.search_count([("model", "like", "clerk.%")])

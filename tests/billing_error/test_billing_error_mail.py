from hashlib import sha256

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.models.mixin.thread import MAX_BODY, MAX_FILES
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

BOUNDARY = "b0undary"
QUIET = mute_logger("odoo.addons.mail.models.mail_thread")


class MailCommon(ClerkCommon):
    """Real emails to the aliases of two companies, through Odoo's gateway."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain = (
            cls.env["mail.alias.domain"].sudo().create({"name": "us.example.com"})
        )
        for company, name in ((cls.company_a, "disputes"), (cls.company_b, "billing")):
            company = company.sudo()
            company.alias_domain_id = cls.domain
            company.clerk_error_alias_name = name
        cls.invoice = cls._posted((2, 100.0), (1, 50.0))
        cls.other = cls._posted((1, 70.0))
        cls.foreign = cls._posted((1, 30.0), partner=cls.partner_b)
        cls.partner_b.email = "b@partner-b.example.com"
        cls.count = 0

    def _raw(self, subject="", body="Hello", files=(), headers="", **values):
        type(self).count += 1
        sender = values.get("sender", "Ada <ada@partner-a.example.com>")
        kind = f'multipart/mixed; boundary="{BOUNDARY}"' if files else "text/html"
        if files:
            parts = "".join(
                f"--{BOUNDARY}\nContent-Type: application/octet-stream\n"
                f'Content-Disposition: attachment; filename="{name}"\n\n{content}\n'
                for name, content in files
            )
            text = f"--{BOUNDARY}\nContent-Type: text/html\n\n{body}\n"
            body = f"{text}{parts}--{BOUNDARY}--"
        return (
            f"From: {sender}\nTo: {values.get('to', 'disputes@us.example.com')}\n"
            f"Subject: {subject}\nMessage-Id: <mail-{self.count}@e.example.com>\n"
            f"MIME-Version: 1.0\n{headers}Content-Type: {kind}\n\n{body}\n"
        )

    def _receive(self, raw):
        """Return the case that an email opens."""
        errors = self.env["clerk.billing.error"].sudo()
        known = errors.search([])
        self.env["mail.thread"].sudo().message_process(False, raw)
        self.env.invalidate_all()
        return errors.search([]) - known


@tagged("post_install", "-at_install")
class TestBillingErrorMail(MailCommon):
    """Customer and document are recognised, or left to a clerk."""

    def _spellings(self):
        name = self.invoice.name
        dashed = name.replace("/", "-")
        return {
            "in the subject": {"subject": f"Price of {name}"},
            "in lower case": {"subject": f"price of {name.lower()}"},
            "with dashes": {"body": f"<p>Your {dashed}, please.</p>"},
            "with blanks": {"body": name.replace("/", " / ")},
            "without signs": {"body": name.replace("/", "")},
            "at the end of a sentence": {"body": f"It is {name}."},
            "in brackets": {"body": f"The invoice ({name})"},
            "in tags": {"body": f"<b>{name[:4]}</b>{name[4:]}"},
            "as an attachment": {"files": [(f"{dashed}.pdf", "x")]},
            "as a reference": {"body": f"ref {self.invoice.payment_reference}"},
            "in a quote only": {"body": f"Wrong.<blockquote>{name}</blockquote>"},
            "twice": {"subject": name, "body": f"{name} and {name}"},
            "beside one of others": {"body": f"{name}, {self.foreign.name}"},
            "against quotes": {
                "body": f"{name}<blockquote>{self.other.name}</blockquote>"
            },
        }

    def test_document_is_recognised(self):
        for label, values in self._spellings().items():
            with self.subTest(label):
                error = self._receive(self._raw(**values))
                self.assertEqual(error.move_ids, self.invoice)
                self.assertEqual(error.partner_id, self.partner_a)
                self.assertEqual(error.contact_id, self.contact_a)
                self.assertEqual(error.origin, "email")
                self.assertEqual(error.state, "new")
                self.assertFalse(error.user_id)
                self.assertFalse(error.mail_note)
                self.assertEqual(
                    error.line_ids.move_line_id, self.invoice.invoice_line_ids
                )

    def _doubts(self):
        draft = self.invoice.copy()
        both = {"subject": f"{self.invoice.name} and {self.other.name}"}
        return {
            "no number": {"subject": "Wrong price"},
            "two documents": both,
            "one in the subject, one in the text": {
                "subject": self.invoice.name,
                "body": self.other.name,
            },
            "one of another customer": {"subject": self.foreign.name},
            "a part of a number": {"subject": self.invoice.name[:-2]},
            "a longer number": {"subject": self.invoice.name + "7"},
            "a draft": {"subject": draft.name or "/"},
            "a blank": {"subject": "", "body": ""},
        }

    def test_document_is_left_to_clerks(self):
        for label, values in self._doubts().items():
            with self.subTest(label):
                error = self._receive(self._raw(**values))
                self.assertEqual(error.partner_id, self.partner_a)
                self.assertFalse(error.move_ids)
                self.assertTrue(error.mail_note)
        self._assert_nothing_disputed()

    def _strangers(self):
        subject = self.invoice.name
        forged = "Authentication-Results: mx; dmarc=fail\n"
        self.contact_a.copy({"name": "Ada of B", "parent_id": self.partner_b.id})
        self.env["res.partner"].create(
            [
                {"name": "Former", "email": "f@x.example.com", "active": False},
                {
                    "name": "Of B",
                    "email": "of.b@x.example.com",
                    "company_id": self.company_b.id,
                },
            ]
        )
        return {
            "a stranger": {"sender": "x@y.example.com", "subject": subject},
            "no sender": {"sender": "", "subject": subject},
            "no address": {"sender": "Partner A", "subject": subject},
            "an address in the name": {
                "sender": f'"{self.partner_a.email}" <x@y.example.com>',
                "subject": subject,
            },
            "two senders": {
                "sender": f"{self.partner_a.email}, x@y.example.com",
                "subject": subject,
            },
            "a longer address": {
                "sender": f"{self.partner_a.email}.evil.example.com",
                "subject": subject,
            },
            "a wildcard": {"sender": "%@partner-a.example.com", "subject": subject},
            "a shared address": {"sender": self.contact_a.email, "subject": subject},
            "a forged one": {
                "sender": self.partner_a.email,
                "headers": forged,
                "subject": subject,
            },
            "a clerk": {"sender": self.clerk.email, "subject": subject},
            "an archived contact": {"sender": "f@x.example.com", "subject": subject},
            "one of another company": {
                "sender": "of.b@x.example.com",
                "subject": subject,
            },
        }

    def test_sender_is_left_to_clerks(self):
        """Unknown, shared and forged senders dispute nothing, whatever they name."""
        for label, values in self._strangers().items():
            with self.subTest(label):
                error = self._receive(self._raw(**values))
                self.assertEqual(len(error), 1)
                self.assertFalse(error.partner_id | error.contact_id)
                self.assertFalse(error.move_ids)
                self.assertTrue(error.mail_note)
        self._assert_nothing_disputed()

    def _assert_nothing_disputed(self):
        moves = self.invoice | self.other | self.foreign
        self.assertFalse(moves.filtered("has_open_billing_error"))

    def test_clerk_identifies_first(self):
        error = self._receive(self._raw(self.invoice.name, sender="x@y.example.com"))
        error = error.with_user(self.clerk)
        for step in (
            lambda: error.action_investigate(),
            lambda: error.write({"state": "investigating"}),
            lambda: error._take_step("resolve", resolution="Right."),
            lambda: error._take_step("reject", resolution="Wrong."),
        ):
            with self.assertRaisesRegex(UserError, "select the customer first"):
                step()
        with Form(error) as form:
            form.partner_id = self.contact_a
            form.move_ids.add(self.invoice)
        self.assertEqual(error.partner_id, self.partner_a)
        self.assertTrue(self.invoice.has_open_billing_error)
        error.action_investigate()
        with self.assertRaises(UserError):
            error.write({"partner_id": False, "move_ids": [(5,)]})

    def test_spam_is_cancelled(self):
        error = self._receive(self._raw(sender="x@y.example.com"))
        error.with_user(self.clerk)._take_step("cancel", resolution="Spam")
        self.assertEqual(error.state, "cancelled")
        with self.assertRaisesRegex(UserError, "select the customer first"):
            error.with_user(self.clerk).action_investigate()

    def test_only_emails_lack_a_customer(self):
        errors = self.env["clerk.billing.error"].with_user(self.clerk)
        with self.assertRaises(UserError):
            errors.create({"origin": "call"})

    def test_company_of_the_alias(self):
        of_b = self._posted(
            (1, 10.0), partner=self.partner_a, company_data=self.company_b_data
        )
        for name in (of_b.name, self.invoice.name):
            error = self._receive(self._raw(name, to="billing@us.example.com"))
            self.assertEqual(error.company_id, self.company_b)
            self.assertLessEqual(error.move_ids, of_b)
            self.assertFalse(error.with_user(self.clerk_b).mail_note and error.move_ids)
            with self.assertRaises(AccessError):
                error.with_user(self.clerk).read(["name"])

    def test_alias_of_the_settings(self):
        settings = self.env["res.config.settings"].sudo()
        settings = settings.with_company(self.company_a)
        settings.create({"clerk_error_alias_name": "wrong-invoice"}).execute()
        alias = self.company_a.sudo().clerk_error_alias_id
        self.assertEqual(alias.alias_full_name, "wrong-invoice@us.example.com")
        self.assertTrue(
            self._receive(self._raw(to="wrong-invoice@us.example.com")).company_id
        )
        settings.create({"clerk_error_alias_name": False}).execute()
        self.assertFalse(alias.alias_name)
        with self.assertRaises(ValueError), QUIET:
            self._receive(self._raw(to="wrong-invoice@us.example.com"))

    def test_only_the_gateway(self):
        errors = self.env["clerk.billing.error"].with_user(self.clerk)
        with self.assertRaises(AccessError):
            errors.message_new({"subject": "x", "body": ""}, {"origin": "email"})


@tagged("post_install", "-at_install")
class TestBillingErrorMailEvidence(MailCommon):
    """The email is kept as it was received, and sealed."""

    def _originals(self):
        long = "X-Long: " + "word " * 60 + "\n"
        return {
            "text": self._raw("Text"),
            "bytes": self._raw("Bytes").encode(),
            "CRLF": self._raw("Lines").replace("\n", "\r\n").encode(),
            "Latin-1": self._raw("L", "Grüße").encode("latin-1"),
            "a long header": self._raw("Long", headers=long).encode(),
            "a file": self._raw("File", files=[("a.pdf", "no PDF")]).encode(),
            "a null": self._raw("Null\0", "a\0b").encode(),
        }

    def test_original_is_sealed(self):
        """Odoo's own copy folds headers anew: it would match no signature."""
        for label, raw in self._originals().items():
            with self.subTest(label):
                error = self._receive(raw)
                file = self._original_of(error)
                content = raw.encode() if isinstance(raw, str) else raw
                self.assertEqual(file.raw, content)
                seals = self.env["clerk.evidence.file"].sudo()
                seal = seals.search([("attachment_number", "=", file.id)])
                self.assertEqual(seal.sha256, sha256(content).hexdigest())
                self.assertFalse(error.evidence_problem)

    def _original_of(self, error):
        files = self.env["ir.attachment"].sudo()
        return files.search(
            [
                ("res_model", "=", error._name),
                ("res_id", "=", error.id),
                ("mimetype", "=", "message/rfc822"),
            ]
        )

    def test_original_cannot_be_changed(self):
        error = self._receive(self._raw("Evidence"))
        file = self._original_of(error).with_user(self.clerk)
        for change in (
            lambda: file.write({"raw": b"other"}),
            lambda: file.write({"name": "other"}),
            lambda: file.write({"res_id": 1}),
            lambda: file.unlink(),
        ):
            with self.assertRaises(AccessError):
                change()
        self._tamper(file, b"other")
        self.assertTrue(error.with_user(self.clerk).evidence_problem)

    def test_huge_email_is_noted(self):
        file = ("a.bin", "x" * 21 * 1024 * 1024)
        error = self._receive(self._raw("Huge", files=[file]))
        self.assertIn("21 MB", error.mail_note)
        self.assertFalse(self._original_of(error))
        self.assertFalse(error.message_ids.attachment_ids)


@tagged("post_install", "-at_install")
class TestBillingErrorMailHostile(MailCommon):
    """Loops and bounces open no case; what is hostile stays within limits."""

    def _automatic(self):
        return {
            "an absence note": self._raw(headers="Auto-Submitted: auto-replied\n"),
            "an absence note of Exchange": self._raw(headers="X-Autoreply: yes\n"),
            "a list": self._raw(headers="List-Id: <news.example.com>\n"),
            "a bulk email": self._raw(headers="Precedence: bulk\n"),
            "an empty return path": self._raw(headers="Return-Path: <>\n"),
            "a bounce": self._raw(sender="MAILER-DAEMON@partner-a.example.com"),
            "a report": self._raw(files=[("a.txt", "x")]).replace(
                "multipart/mixed", "multipart/report; report-type=delivery-status"
            ),
            "ourselves": self._raw(sender="disputes@us.example.com"),
            "another alias": self._raw(sender="Billing <billing@us.example.com>"),
            "the catchall": self._raw(sender=self.domain.catchall_email),
        }

    @QUIET
    def test_automatic_emails_open_nothing(self):
        for label, raw in self._automatic().items():
            with self.subTest(label):
                self.assertFalse(self._receive(raw))

    @QUIET
    def test_loop_ends(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "mail.gateway.loop.threshold", 3
        )
        opened = [bool(self._receive(self._raw(f"Again {at}"))) for at in range(5)]
        self.assertEqual(opened, [True, True, True, False, False])

    @QUIET
    def test_same_email_twice(self):
        raw = self._raw("Twice")
        self.assertEqual(len(self._receive(raw)), 1)
        self.assertFalse(self._receive(raw))

    def _hostile(self):
        name = self.invoice.name
        return {
            "a huge body": self._raw(name, "<p>" + "word " * 300_000 + "</p>"),
            "many numbers": self._raw(name, "INV/1 " * 200_000),
            "deep quotes": self._raw(name, "<blockquote>" * 5_000 + "deep"),
            "open tags": self._raw(name, "<div <p <!-- <![CDATA[ " * 500),
            "a script": self._raw(name, "<script>alert(1)</script><img src=x>"),
            "nulls": self._raw(name, "a\0b"),
            "half a character": self._raw(name, "&#xD800; &#0;"),
            "many files": self._raw(
                name, files=[(f"{at}.txt", "x") for at in range(40)]
            ),
            "a large file": self._raw(name, files=[("a.bin", "x" * 11 * 1024 * 1024)]),
            "a path": self._raw(name, files=[("../../etc/passwd", "x")]),
            "a page": self._raw(name, files=[("a.html", "<script>1</script>")]),
            "a long name": self._raw(name, files=[("n" * 5_000 + ".pdf", "x")]),
            "instructions": self._raw(name, "state=resolved; SET partner_id=1"),
            "a long subject": self._raw(f"{name} " + "long " * 20_000),
        }

    def test_hostile_emails(self):
        for label, raw in self._hostile().items():
            with self.subTest(label):
                error = self._receive(raw)
                self.assertEqual(error.move_ids, self.invoice)
                self.assertEqual(error.state, "new")
                self.assertLessEqual(len(error.description), 10_000)
                [message] = error.message_ids.filtered(
                    lambda each: each.message_type == "email"
                )
                self.assertLess(len(message.body or ""), MAX_BODY + 2_000)
                self.assertNotIn("<script", message.body)
                self.assertLessEqual(len(message.attachment_ids), MAX_FILES)
                self.assertFalse(message.author_id)
                self.assertFalse(error.message_partner_ids)
                for file in message.attachment_ids:
                    self.assertNotIn(file.mimetype, ("text/html", "image/svg+xml"))

    def test_replies_change_nothing(self):
        """A forged reply with another invoice neither adds it nor takes a step."""
        error = self._receive(self._raw(self.invoice.name))
        reply = f"In-Reply-To: <mail-{self.count}@e.example.com>\n"
        before = error.read(["state", "move_ids", "partner_id", "mail_note"])
        for sender in (self.contact_a.email, "x@y.example.com", self.clerk.email):
            raw = self._raw(self.other.name, sender=sender, headers=reply)
            self.assertFalse(self._receive(raw))
            after = error.read(["state", "move_ids", "partner_id", "mail_note"])
            self.assertEqual(after, before)
            self.assertFalse(error.message_partner_ids)
        self.assertFalse(self.other.has_open_billing_error)

import json
import re
import threading
from unittest.mock import patch

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.audit.confirmation.common import (
    ConfirmationCommon,
)
from odoo.addons.invoicing_clerk.tests.statement.test_statement_portal import (
    StatementPortalCommon,
)

# Not for visitors, or not about records: databases, logins by password, websockets.
SKIPPED = re.compile(
    r"^/(web/database|websocket|xmlrpc|jsonrpc|json/|doc|web/session|web/login|"
    r"web/tests|web/bundle|web/assets|bus/|base_import|hw_|odoo)"
)
SECRETS = ("SECRET-MESSAGE", "SECRET-FILE", "SECRET-CONTENT", "SECRET-FOLLOWER")
REQUESTS = [
    *("activities", "attachments", "contact_fields", "followers"),
    *("scheduledMessages", "suggestedRecipients", "messages"),
]


@tagged("post_install", "-at_install")
class TestTokenRoutes(HttpCase, ConfirmationCommon, StatementPortalCommon):
    """Every route that visitors reach, called with the tokens of each of our pages.

    The link of a confirmation gave the working papers in its chatter, with the token
    of each file, by ``/mail/data``; followers, too. And ``/mail/attachment/zip`` gave
    any file of the database to anybody: what our check of evidence read as superuser
    was in the cache, where core does not check rights again.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.registry.clear_cache()
        cls.confirmation = cls._sent_confirmation()
        cls.statement.sudo()._portal_ensure_token()
        cls.records = cls.statement.sudo(), cls.confirmation.sudo()
        cls.files, cls.messages = {}, {}
        for record in cls.records:
            cls._plant(record)
        # Files without evidence are not for strangers either.
        cls.foreign_files = cls._file(cls.invoice) | cls._file(cls.partner_a)
        cls.foreign_files |= cls._file(cls.env.company)
        cls.env.flush_all()

    @classmethod
    def _sent_confirmation(cls):
        run = (
            cls.env["clerk.audit.confirmation.run"]
            .with_user(cls.auditor)
            .create(
                {
                    "audit_id": cls.audit.id,
                    "date": "2026-01-31",
                    "include": "chosen",
                    "partner_ids": [Command.set(cls.partner_a.ids)],
                }
            )
        )
        run.action_compute()
        run.action_release()
        confirmation = run.confirmation_ids
        confirmation.sudo().write({"delivery_state": "sent"})
        return confirmation

    @classmethod
    def _plant(cls, record):
        follower = cls.env["res.partner"].create({"name": "SECRET-FOLLOWER"})
        file = cls._file(record)
        file.generate_access_token()
        record.message_subscribe(follower.ids)
        message = record.message_post(
            body="SECRET-MESSAGE",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=file.ids,
        )
        cls.files[record], cls.messages[record] = file, message

    @classmethod
    def _file(cls, record):
        return (
            cls.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": "SECRET-FILE.txt",
                    "raw": b"SECRET-CONTENT",
                    "res_model": record._name,
                    "res_id": record.id,
                }
            )
        )

    def _snapshot(self):
        self.env.invalidate_all()
        return [
            (
                record.message_ids.ids,
                record.message_follower_ids.ids,
                record.message_ids.mapped("body"),
                record.state,
                self.env["ir.attachment"]
                .sudo()
                .search_count(
                    [("res_model", "=", record._name), ("res_id", "=", record.id)]
                ),
            )
            for record in self.records
        ]

    def _values(self, record):
        """Return a value for each name of a parameter that core's routes take."""
        token = record.access_token
        pid = record.partner_id.id
        names = ("id", "res_id", "thread_id", "record_id", "document_id")
        ids = dict.fromkeys(names, record.id)
        models = dict.fromkeys(("model", "res_model", "thread_model"), record._name)
        return {
            **ids,
            **models,
            "access_token": token,
            "token": token,
            "pid": pid,
            "hash": record._sign_token(pid),
            "_hash": record._sign_token(pid),
            "message_id": self.messages[record].id,
            "attachment_id": self.files[record].id,
            "file_ids": str(self.files[record].id),
            "zip_name": "all.zip",
            "field": "message_ids",
            "post_data": {"body": "PLANTED", "message_type": "comment"},
            "update_data": {"body": "PLANTED"},
            "content": "👍",
            "action": "add",
            "fetch_params": {"limit": 30},
            "partner_ids": [pid],
        }

    def _thread_params(self, record):
        values = self._values(record)
        access = {name: values[name] for name in ("token", "hash", "pid")}
        return {
            "thread_model": record._name,
            "thread_id": record.id,
            "access_params": access,
            "request_list": REQUESTS,
        }

    def _rules(self):
        thread, name = threading.current_thread(), self.env.cr.dbname
        with patch.object(thread, "dbname", name, create=True):
            routing_map = self.env["ir.http"].routing_map()
        for rule in routing_map.iter_rules():
            routing = rule.endpoint.routing
            if routing["auth"] in ("public", "none") and not SKIPPED.match(rule.rule):
                yield rule, routing

    def _path(self, rule, record):
        values = self._values(record)

        def value(found):
            kind, name = found["kind"] or "", found["name"]
            if name in ("res_id", "id") and "mail.message" in rule.rule:
                return str(self.messages[record].id)
            if name in values and isinstance(values[name], str | int):
                return str(values[name])
            return str(record.id) if "int" in kind or "model" in kind else "x"

        return re.sub(r"<(?:(?P<kind>[^<>]*):)?(?P<name>\w+)>", value, rule.rule)

    def _call_json(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        headers = {"Content-Type": "application/json"}
        return self.url_open(path, data=body, headers=headers, timeout=60)

    def _call_form(self, path, values, **options):
        return self.opener.post(
            self.base_url() + path,
            data={**values, "csrf_token": http.Request.csrf_token(self)},
            timeout=60,
            allow_redirects=False,
            **options,
        )

    def _responses(self, rule, routing, record):
        path, values = self._path(rule, record), self._values(record)
        if routing["type"] in ("jsonrpc", "json"):
            yield self._call_json(path, values)
            return
        flat = {k: v for k, v in values.items() if isinstance(v, str | int)}
        methods = routing.get("methods") or ["GET", "POST"]
        if "GET" in methods:
            yield self.opener.get(
                self.base_url() + path, params=flat, timeout=60, allow_redirects=False
            )
        if "POST" in methods:
            planted = {"ufile": ("PLANTED.txt", b"PLANTED")}
            yield self._call_form(path, flat, files=planted)

    def _check_response(self, name, response):
        for secret in (*SECRETS, *(file.access_token for file in self.files.values())):
            self.assertNotIn(secret, response.text, f"{name} shows it")

    def _explicit(self, record):
        """Yield calls whose parameters a sweep by names cannot guess."""
        values = self._values(record)
        threads = {**self._thread_params(record), **values}
        data = {"fetch_params": [["mail.thread", self._thread_params(record)]]}
        yield "/mail/data", self._call_json("/mail/data", data)
        for path in (
            "/mail/chatter_fetch",
            "/portal/chatter_init",
            "/mail/message/post",
            "/mail/message/update_content",
            "/mail/message/reaction",
            "/mail/attachment/delete",
            "/mail/attachment/update_thumbnail",
        ):
            yield path, self._call_json(path, threads)
        token = record.access_token
        for file in self.files[record] | self.foreign_files:
            zipped = {"file_ids": file.id, "zip_name": "x.zip", "access_token": token}
            for path in ("/mail/attachment/zip", f"/mail/attachment/zip?id={file.id}"):
                yield path, self._call_form(path, zipped)
            for path in ("content", "content/ir.attachment", "image"):
                path = f"/web/{path}/{file.id}?access_token={token}"
                yield path, self.url_open(path, timeout=60)
        for field in ("raw", "datas", "document_id", "signature", "access_token"):
            query = f"access_token={record.access_token}&field={field}"
            for path in (
                f"/web/content/{record._name}/{record.id}/{field}?{query}",
                f"/web/content?model={record._name}&id={record.id}&{query}",
                f"/web/content/{self.files[record].id}?{query}",
                f"/web/image?model={record._name}&id={record.id}&{query}",
                f"/mail/attachment/pdf_first_page/{self.files[record].id}?{query}",
            ):
                yield path, self.url_open(path, timeout=60)

    @mute_logger("odoo.http", "odoo.addons.mail.models.mail_thread")
    def test_no_route_shows_or_changes_anything(self):
        before, called = self._snapshot(), 0
        self.authenticate(None, None)
        for record in self.records:
            for rule, routing in self._rules():
                for response in self._responses(rule, routing, record):
                    self._check_response(rule.rule, response)
                    called += 1
            for name, response in self._explicit(record):
                self._check_response(name, response)
                called += 1
        self.assertGreater(called, 100)
        self.assertEqual(self._snapshot(), before)

    @mute_logger("odoo.http", "odoo.addons.mail.models.mail_thread")
    def test_a_customer_with_a_login_reads_pages_only(self):
        """Core gives customers all files of a record that they may read."""
        self._check_explicit("customer_a")

    @mute_logger("odoo.http", "odoo.addons.mail.models.mail_thread")
    def test_an_employee_without_a_role_reads_nothing(self):
        self.outsider.password = self.outsider.login
        # Employees read the contact; its file is not secret for them.
        self.foreign_files = self.foreign_files.filtered(
            lambda file: file.res_model == "account.move"
        )
        self._check_explicit(self.outsider.login)

    def _check_explicit(self, login):
        before = self._snapshot()
        self.authenticate(login, login)
        for record in self.records:
            for name, response in self._explicit(record):
                self._check_response(name, response)
        self.assertEqual(self._snapshot(), before)

    def test_users_of_the_company_see_all_of_it(self):
        """The calls above do show it to those who may see it."""
        for record, login in zip(self.records, ("clerk_a", "auditor_a"), strict=True):
            self.authenticate(login, login)
            data = {"fetch_params": [["mail.thread", self._thread_params(record)]]}
            text = self._call_json("/mail/data", data).text
            self.assertIn("SECRET-FILE", text)
            self.assertIn("SECRET-FOLLOWER", text)

    def test_no_thread_by_token(self):
        """All models of ours with a token, and all ways to prove one."""
        public = self.env.ref("base.public_user")
        models = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("clerk.")
            and not model._abstract
            and "access_token" in model._fields
        }
        self.assertEqual(models, {record._name for record in self.records})
        for record in self.records:
            values = self._values(record)
            for user in (public, self.customer, self.stranger):
                for mode in ("read", "write", "create"):
                    for names in (["token"], ["hash", "pid"], ["token", "hash", "pid"]):
                        thread = self.env[record._name].with_user(user)
                        access = {name: values[name] for name in names}
                        self.assertFalse(
                            thread._get_thread_with_access(
                                record.id, mode=mode, **access
                            )
                        )

    def test_what_visitors_cause_is_not_theirs(self):
        """Visitors are one user: each could read and edit messages of it."""
        public = self.env.ref("base.public_user")
        self._answer(self.confirmation)
        self.statement.with_user(public).sudo()._dispute(
            self.invoice,
            "Too much",
            self.env["clerk.billing.error.reason"],
            self.contact_a,
        )
        cr = self.env.cr
        self.env.flush_all()
        cr.precommit.run()
        messages = self.env["mail.message"].sudo()
        for theirs in (
            [("author_id", "=", public.partner_id.id)],
            [("create_uid", "=", public.id)],
        ):
            found = messages.search([*theirs, ("model", "=like", "clerk.%")])
            self.assertFalse(found)
        for message in self.confirmation.sudo().message_ids:
            self.assertFalse(message.with_user(public).has_access("read"))

import io

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.pack.common import (
    AuditPackCommon,
)


@tagged("post_install", "-at_install")
class TestAuditPackAccess(AuditPackCommon):
    """Access rights: requesting packs, their contents, and the access log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._posted((1, 100.0))
        cls._send_out(cls.invoice)

    def test_rights_on_each_model(self):
        everything, nothing = (True,) * 4, (False,) * 4
        reading = (True, False, False, False)
        for user, pack, rest in (
            (self.auditor, everything, reading),
            (self.clerk, everything, reading),
            (self.supervisor, everything, reading),
            (self.outsider, nothing, nothing),
        ):
            for model, expected in (
                ("clerk.audit.pack", pack),
                ("clerk.audit.pack.item", rest),
                ("clerk.audit.access", rest),
            ):
                records = self.env[model].with_user(user)
                rights = tuple(
                    records.has_access(operation)
                    for operation in ("read", "create", "write", "unlink")
                )
                self.assertEqual(rights, expected, (user.login, model))

    def test_an_auditor_sees_the_packs_of_own_engagements(self):
        pack = self._make(self.invoice)
        for record in (
            pack,
            pack.item_ids,
            self._log(("pack_id", "=", pack.id)),
        ):
            ids = [("id", "in", record.ids)]
            for user, seen in (
                (self.auditor, True),
                (self.clerk, True),
                (self.other_auditor, False),
                (self.clerk_b, False),
            ):
                found = record.with_user(user).search(ids)
                self.assertEqual(bool(found), seen, (user.login, record._name))

    def test_result_fields_are_guarded(self):
        pack = self._make(self.invoice)
        for values in (
            {"root_hash": "0" * 64},
            {"state": "draft"},
            {"user_id": self.clerk.id},
        ):
            with self.assertRaises(AccessError):
                pack.with_user(self.supervisor).write(values)
        with self.assertRaises(AccessError):
            pack.with_user(self.auditor).copy({"state": "done"})
        forged = (
            self.env["clerk.audit.pack"]
            .with_user(self.auditor)
            .with_context(default_state="done", default_root_hash="0" * 64)
            .create({"audit_id": self.audit.id, "name": "Forged"})
        )
        self.assertEqual((forged.state, forged.root_hash), ("draft", False))

    def test_selection_is_fixed_once_requested(self):
        pack = self._make(self.invoice)
        with self.assertRaisesRegex(UserError, "is Ready"):
            pack.move_ids = [Command.clear()]
        with self.assertRaisesRegex(UserError, "stay as evidence"):
            pack.unlink()
        with self.assertRaisesRegex(UserError, "stay as evidence"):
            self.audit.with_user(self.supervisor).unlink()
        pack.name = "A better name"

    def test_every_download_is_logged(self):
        pack = self._make(self.invoice)
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", pack._name),
                    ("res_field", "=", "archive"),
                    ("res_id", "=", pack.id),
                ]
            )
        )
        for user in (self.auditor, self.clerk, self.supervisor):
            with self.assertRaises(AccessError):
                attachment.with_user(user).raw  # noqa: B018
            with self.assertRaises(AccessError):
                pack.with_user(user).archive  # noqa: B018
        with self.assertRaises(AccessError):
            self._bytes(pack, user=self.other_auditor)
        self._bytes(pack, user=self.clerk)
        log = self._log(("pack_id", "=", pack.id))
        self.assertEqual(
            [(each.action, each.user_id) for each in log],
            [("request", self.auditor), ("download", self.clerk)],
        )
        self.assertEqual(log.audit_id, self.audit)

    def test_access_log_of_a_closed_engagement(self):
        pack = self._make(self.invoice)
        self.audit.with_user(self.supervisor).action_close()
        self._bytes(pack)
        self.assertFalse(pack._verify(io.BytesIO(self._bytes(pack))))
        with self.assertRaisesRegex(UserError, "closed"):
            self._ask(self.invoice)

    def test_pack_of_a_closed_engagement_waits(self):
        pack = self._ask(self.invoice)
        audit = self.audit.with_user(self.supervisor)
        audit.action_close()
        self._work()
        self.assertEqual(pack.state, "waiting")
        audit.action_reopen()
        self._work()
        self.assertEqual(pack.state, "done")

    # What is read

    def test_pack_is_limited_to_readable_records(self):
        self.env["ir.rule"].create(
            {
                "name": "Calls: own alone",
                "model_id": self.env["ir.model"]._get_id("clerk.call"),
                "domain_force": "[('user_id', '=', user.id)]",
            }
        )
        self.env["clerk.call"].with_user(self.clerk).create(
            {
                "move_ids": [Command.set(self.invoice.ids)],
                "summary": "For the clerk alone",
                "start": "2026-02-01 10:00:00",
            }
        )
        for user, seen in ((self.auditor, False), (self.clerk, True)):
            files = self._open(self._make(self.invoice, user=user))
            found = any(path.endswith("/calls.csv") for path in files)
            self.assertEqual(found, seen, user.login)
            self.assertEqual(
                any(b"For the clerk alone" in each for each in files.values()), seen
            )

    def test_user_without_access_gets_no_pack(self):
        pack = self._ask(self.invoice)
        audit = self.audit.with_user(self.supervisor)
        audit.auditor_ids = self.other_auditor
        self._work()
        self.assertEqual(pack.sudo().state, "failed")
        self.assertIn(self.auditor.name, pack.sudo().error)
        audit.auditor_ids += self.auditor
        pack.action_try_again()
        self._work()
        self.assertEqual(pack.state, "done")

    def test_archived_user_gets_no_pack(self):
        pack = self._ask(self.invoice)
        self.auditor.active = False
        self._work()
        self.assertEqual(pack.state, "failed")
        self.assertIn("is archived", pack.error)

    def test_invoices_of_another_company_are_refused(self):
        foreign = self._posted((1, 10.0), company_data=self.company_b_data)
        with self.assertRaises(AccessError):
            self._ask(foreign)
        both = self._new_user("auditor_ab", "invoicing_clerk.group_auditor")
        both.company_ids += self.company_b
        self.audit.auditor_ids += both
        with self.assertRaisesRegex(UserError, "which is not part of this engagement"):
            self._ask(foreign, user=both)

    # Exports

    def test_export_of_an_auditor_is_logged(self):
        self.auditor.group_ids += self.env.ref("base.group_allow_export")
        self.invoice.with_user(self.auditor).export_data(["name", "amount_total"])
        log = self._log(("action", "=", "export"))
        self.assertEqual(log.user_id, self.auditor)
        self.assertEqual(log.audit_id, self.audit)
        self.assertIn("amount_total", log.description)
        self.assertIn("1 ×", log.description)

    def test_export_of_a_clerk_is_not_logged(self):
        self.clerk.group_ids += self.env.ref("base.group_allow_export")
        self.invoice.with_user(self.clerk).export_data(["name"])
        self.assertFalse(self._log(("action", "=", "export")))

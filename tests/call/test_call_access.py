from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon


@tagged("post_install", "-at_install")
class TestCallAccess(CallCommon):
    """Access of clerks, supervisors, auditors and others to calls."""

    MODELS = (
        "clerk.call",
        "clerk.call.topic",
        "clerk.call.outcome",
        "clerk.call.security.question",
        "clerk.call.report",
    )

    def _may(self, user, operation):
        return [
            model
            for model in self.MODELS
            if self.env[model].with_user(user).has_access(operation)
        ]

    def test_models(self):
        self.assertEqual(self._may(self.outsider, "read"), [])
        self.assertEqual(self._may(self.env.user, "read"), [])
        for user in (self.clerk, self.supervisor, self.auditor):
            self.assertEqual(self._may(user, "read"), list(self.MODELS))
        for operation in ("write", "create", "unlink"):
            self.assertEqual(self._may(self.auditor, operation), [])
            self.assertEqual(self._may(self.clerk, operation), ["clerk.call"])
            self.assertEqual(
                self._may(self.supervisor, operation), list(self.MODELS[:4])
            )

    def test_auditor_reads_the_pad_without_buttons(self):
        invoice = self._posted()
        call = self._call(move_ids=[Command.set(invoice.ids)])
        as_auditor = call.with_user(self.auditor)
        self.assertIn("115.00", as_auditor.balance_html)
        self.assertEqual(as_auditor.line_ids.move_id.ids, invoice.ids)
        for step in (
            "action_done",
            "action_drop",
            "action_discard",
            "action_billing_error",
            "action_call_back",
            "action_note",
            "action_question",
        ):
            with self.subTest(step=step), self.assertRaises(AccessError):
                call.outcome_id = self._outcome_of("resolved")
                getattr(as_auditor, step)()
        for starter in (self.env["clerk.call"], self.partner_a, invoice):
            with self.assertRaises(AccessError):
                starter.with_user(self.auditor).action_new_call()
        arch = as_auditor.get_view(view_type="form")["arch"]
        self.assertNotIn('type="object" data-hotkey', arch)
        self.assertNotIn("action_done", arch)

    def test_other_companies_see_nothing(self):
        call = self._finished("resolved")
        for record in (call, self.env["clerk.call.report"].browse(call.id)):
            as_stranger = record.with_user(self.clerk_b)
            self.assertFalse(as_stranger.search([("id", "in", record.ids)]))
            with self.assertRaises(AccessError):
                as_stranger.check_access("read")

    def test_accountants_without_a_role_keep_their_access(self):
        partner = self.partner_a.with_user(self.env.user)
        self.assertNotIn("clerk_alert", partner.fields_get())
        self.assertNotIn("call_count", partner.fields_get())
        partner.name = "Renamed"

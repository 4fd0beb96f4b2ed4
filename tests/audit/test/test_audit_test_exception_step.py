from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditExceptionStep(AuditTestCommon):
    """Exceptions are resolved by the users who may, in the latest run."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(7501)
        self.found = self._run("LIMIT").exception_ids

    def test_it_opens_its_record(self):
        action = self.found.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("account.move", self.invoice.id)
        )

    def test_both_sides_comment(self):
        self.found.with_user(self.clerk)._comment("One order")
        self.found._comment("Seen")
        self.assertEqual(self.found.state, "commented")
        today = fields.Date.today()
        self.assertEqual(
            self.found.comments,
            f"{today} {self.clerk.name}: One order\n{today} {self.auditor.name}: Seen",
        )

    def test_auditors_clear_with_a_reason_and_open_again(self):
        dialog = self.found.action_clear()
        wizard = (
            self.env["clerk.audit.exception.step"]
            .with_user(self.auditor)
            .with_context(**dialog["context"])
            .create({"text": "Contract seen"})
        )
        wizard.action_apply()
        self.assertRecordValues(
            self.found,
            [
                {
                    "state": "cleared",
                    "clear_reason": "Contract seen",
                    "cleared_by_id": self.auditor.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "this action is not available"):
            self.found.action_clear()
        self.found.action_reopen()
        self.assertRecordValues(self.found, [{"state": "open", "clear_reason": False}])

    def test_billing_does_not_clear(self):
        for user in (self.clerk, self.supervisor):
            self.assertNotIn("clear", self.found.with_user(user).allowed_actions)
            with self.assertRaises(AccessError):
                self.found.with_user(user).action_clear()
            with self.assertRaises(AccessError):
                self.found.with_user(user)._clear("Mine")
            with self.assertRaises(AccessError):
                self.found.with_user(user).write({"state": "cleared"})

    def test_a_supervisor_clears_without_auditors(self):
        audit = self._audit(date_to="2026-06-30", auditor_ids=[])
        found = self._run("LIMIT", user=self.clerk, audit=audit).exception_ids
        with self.assertRaises(AccessError):
            found._clear("Mine")
        found.with_user(self.supervisor)._clear("Seen")
        self.assertEqual(found.state, "cleared")

    def test_a_finding_of_one_and_of_many(self):
        self.found.action_raise_finding()
        finding = self.found.finding_id
        self.assertRecordValues(
            finding,
            [
                {
                    "audit_id": self.audit.id,
                    "name": f"Documents above a limit: {self.invoice.display_name}",
                    "amount": 7501,
                    "res_model": "account.move",
                    "res_id": self.invoice.id,
                }
            ],
        )
        self.assertEqual(
            (self.found.state, finding.condition), ("finding", self.found.explanation)
        )
        self._invoice(8000)
        self._invoice(9000)
        audit = self._audit(date_to="2026-06-30")
        run = self._run("LIMIT", audit=audit)
        run.exception_ids.action_raise_finding()
        many = run.exception_ids.finding_id
        self.assertRecordValues(
            many,
            [
                {
                    "name": "Documents above a limit",
                    "amount": 24501,
                    "res_model": run._name,
                    "res_id": run.id,
                }
            ],
        )

    def test_clerks_make_no_findings_and_auditors_no_billing_errors(self):
        with self.assertRaises(AccessError):
            self.found.with_user(self.clerk).action_raise_finding()
        with self.assertRaises(AccessError):
            self.found.action_open_billing_error()
        self.assertEqual(self.found.state, "open")

    def test_a_billing_error(self):
        found = self.found.with_user(self.clerk)
        action = found.action_open_billing_error()
        error = found.billing_error_id
        self.assertEqual((action["res_id"], found.state), (error.id, "error"))
        self.assertRecordValues(
            error, [{"move_ids": self.invoice.ids, "origin": "audit"}]
        )
        self.assertEqual(error.description, found.explanation)

    def test_billing_errors_need_an_invoice(self):
        self._entry("2026-03-01", (self.receivable, 5), (self.revenue, -5))
        found = self._run("MANUAL").exception_ids.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "not about a posted invoice"):
            found.action_open_billing_error()

    def test_steps_are_taken_in_the_latest_run(self):
        self.found.run_id.action_run_again()
        with self.assertRaisesRegex(UserError, "latest"):
            self.found._comment("Too late")

    def test_report(self):
        self.found._clear("Contract seen")
        report = self.env["ir.actions.report"].with_user(self.auditor)
        html, _kind = report._render_qweb_html(
            "invoicing_clerk.report_audit_test", self.found.run_id.ids
        )
        text = html.decode()
        for words in (self.invoice.name, "Contract seen", self.audit.name, "Limit"):
            self.assertIn(words, text)

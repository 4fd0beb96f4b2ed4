from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.rules.audit.engagement import audit_finding
from odoo.addons.invoicing_clerk.tests.audit.engagement.common import FindingCommon


@tagged("post_install", "-at_install")
class TestAuditFinding(FindingCommon):
    """Auditors report, management responds, auditors follow up and close."""

    def test_lifecycle_of_a_finding(self):
        finding = self._reported()
        answered = finding.with_user(self.clerk)
        answered.write({"answer": "Agreed.", "answer_by": "2027-03-01"})
        answered.action_answer()
        self.assertEqual(finding.answered_by_id, self.clerk)
        finding.with_user(self.auditor).follow_up_on = "2027-04-01"
        finding.with_user(self.auditor).action_follow_up()
        with self.assertRaisesRegex(UserError, "follow-up result"):
            finding.with_user(self.auditor).action_close()
        finding.with_user(self.auditor).follow_up = "The lock date is set."
        finding.with_user(self.auditor).action_close()
        self.assertEqual(finding.state, "closed")

    def test_each_step_belongs_to_one_side(self):
        states = [state for state, _label in audit_finding.STATES]
        full = {"answer": "Yes.", "follow_up_on": "2027-01-01", "follow_up": "Done."}
        for before in states:
            for after in states:
                if before == after:
                    continue
                step = audit_finding.LIFECYCLE.between(before, after)
                side = step and audit_finding.LIFECYCLE.steps[step].role
                for user, own in ((self.clerk, "clerk"), (self.auditor, "auditor")):
                    with self.subTest(before=before, after=after, user=user.login):
                        finding = self._finding(**full)
                        finding.sudo()._write({"state": before})
                        finding.invalidate_recordset()
                        write = finding.with_user(user).write
                        if side == own:
                            write({"state": after})
                            self.assertEqual(finding.sudo().state, after)
                            continue
                        refusal = UserError
                        if side or (before == "draft" and own == "clerk"):
                            refusal = AccessError
                        with self.assertRaises(refusal):
                            write({"state": after})

    def test_drafts_are_visible_to_auditors_only(self):
        finding = self._finding()
        for user in (self.clerk, self.supervisor, self.other_auditor, self.outsider):
            self.assertFalse(finding.with_user(user).has_access("read"), user.login)
        finding.action_report()
        for user in (self.clerk, self.supervisor):
            self.assertTrue(finding.with_user(user).has_access("read"))
        for user in (self.other_auditor, self.outsider, self.clerk_b):
            self.assertFalse(finding.with_user(user).has_access("read"), user.login)

    def test_each_side_writes_its_own_fields(self):
        finding = self._reported()
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            finding.with_user(self.clerk).amount = 0
        with self.assertRaisesRegex(AccessError, "not allowed to change"):
            finding.with_user(self.auditor).answer = "We agree."
        with self.assertRaisesRegex(UserError, "is reported"):
            finding.with_user(self.auditor).amount = 0
        with self.assertRaisesRegex(UserError, "is reported"):
            finding.with_user(self.auditor).write({"state": "draft", "amount": 0})
        with self.assertRaisesRegex(UserError, "management response"):
            finding.with_user(self.clerk).action_answer()
        for user in (self.clerk, self.other_auditor, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._finding(user=user)

    def test_billing_neither_closes_nor_withdraws(self):
        finding = self._reported()
        answered = finding.with_user(self.supervisor)
        with self.assertRaisesRegex(AccessError, "Only the auditors"):
            answered.action_withdraw()
        answered.answer = "Agreed."
        answered.action_answer()
        for step in ("action_close", "action_follow_up", "action_ask_again"):
            with self.assertRaisesRegex(AccessError, "Only the auditors"):
                getattr(answered, step)()
        with self.assertRaisesRegex(AccessError, "Only the auditors"):
            answered.write({"state": "closed"})

    def test_a_new_response_is_requested(self):
        finding = self._reported()
        finding.with_user(self.clerk).answer = "No."
        finding.with_user(self.clerk).action_answer()
        with self.assertRaisesRegex(UserError, "not awaiting"):
            finding.with_user(self.clerk).answer = "Well."
        finding.with_user(self.auditor).action_ask_again()
        finding.with_user(self.clerk).answer = "Well."
        finding.with_user(self.clerk).action_answer()
        finding.with_user(self.auditor).action_close()

    def test_reported_findings_are_not_deleted(self):
        finding = self._reported()
        with self.assertRaisesRegex(UserError, "was reported"):
            finding.with_user(self.auditor).unlink()
        self._finding().unlink()

    def test_comments_are_confidential(self):
        finding = self._reported()
        finding.with_user(self.clerk).message_post(body="Which three?")
        with self.assertRaisesRegex(UserError, "cannot be notified"):
            finding.with_user(self.auditor).message_post(
                body="x", partner_ids=self.partner_a.ids
            )

    def test_significance(self):
        findings = self.env["clerk.audit.finding"]
        for amount in (0, 499.99, 500, 7500, -10000):
            findings += self._finding(amount=amount)
        self.assertEqual(
            findings.mapped("weight"),
            ["trivial", "trivial", "noted", "significant", "material"],
        )
        self.audit.materiality = 20000
        self.assertEqual(findings[-1].weight, "significant")

    def test_from_a_request_and_back(self):
        request = self._request()
        action = request.with_user(self.auditor).action_raise_finding()
        finding = self.env[action["res_model"]].browse(action["res_id"])
        finding = finding.with_user(self.auditor)
        self.assertEqual(finding.about, request.display_name)
        self.assertEqual(finding.action_open_record()["res_id"], request.id)
        self.assertEqual(request.with_user(self.auditor).finding_count, 1)
        request.invalidate_recordset()
        self.assertEqual(request.with_user(self.clerk).finding_count, 0)
        action = finding.action_request()
        requests = self.env[action["res_model"]].with_user(self.auditor)
        with Form(requests.with_context(**action["context"])) as form:
            form.name = "Approvals of the three"
        self.assertEqual(finding.request_ids, form.record)
        with self.assertRaises(AccessError):
            form.record.with_user(self.clerk).read(["finding_id"])

    def test_the_form(self):
        finding = self._reported()
        with Form(finding.with_user(self.clerk)) as form:
            form.answer = "Agreed."
        finding.with_user(self.clerk).action_answer()
        with Form(finding.with_user(self.auditor)) as form:
            form.follow_up_on = "2027-05-01"
        finding.with_user(self.auditor).action_follow_up()

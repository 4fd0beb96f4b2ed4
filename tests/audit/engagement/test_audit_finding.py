from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.rules.audit.engagement import audit_finding
from odoo.addons.invoicing_clerk.tests.audit.request.common import (
    RequestCommon,
)


class FindingCommon(RequestCommon):
    @classmethod
    def _finding(cls, user=None, **values):
        return (
            cls.env["clerk.audit.finding"]
            .with_user(user or cls.auditor)
            .create(
                {
                    "audit_id": cls.audit.id,
                    "name": "Late invoices",
                    "condition": "Three invoices were posted after the closing.",
                    "amount": 600.0,
                    **values,
                }
            )
        )

    def _reported(self, **values):
        finding = self._finding(**values)
        finding.action_report()
        return finding


@tagged("post_install", "-at_install")
class TestAuditFinding(FindingCommon):
    """Auditors report, management answers, auditors follow it up and close it."""

    def test_the_way_of_a_finding(self):
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

    def test_every_step_is_one_sides(self):
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

    def test_drafts_are_the_auditors_own(self):
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

    def test_who_is_audited_closes_and_withdraws_nothing(self):
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

    def test_an_answer_that_does_not_do(self):
        finding = self._reported()
        finding.with_user(self.clerk).answer = "No."
        finding.with_user(self.clerk).action_answer()
        with self.assertRaisesRegex(UserError, "not awaiting"):
            finding.with_user(self.clerk).answer = "Well."
        finding.with_user(self.auditor).action_ask_again()
        finding.with_user(self.clerk).answer = "Well."
        finding.with_user(self.clerk).action_answer()
        finding.with_user(self.auditor).action_close()

    def test_what_was_reported_is_not_deleted(self):
        finding = self._reported()
        with self.assertRaisesRegex(UserError, "was reported"):
            finding.with_user(self.auditor).unlink()
        self._finding().unlink()

    def test_comments_stay_in_the_house(self):
        finding = self._reported()
        finding.with_user(self.clerk).message_post(body="Which three?")
        with self.assertRaisesRegex(UserError, "cannot be notified"):
            finding.with_user(self.auditor).message_post(
                body="x", partner_ids=self.partner_a.ids
            )

    def test_weight(self):
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
        asked = finding.action_request()
        requests = self.env[asked["res_model"]].with_user(self.auditor)
        with Form(requests.with_context(**asked["context"])) as form:
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


@tagged("post_install", "-at_install")
class TestAuditSummary(FindingCommon):
    """What an engagement has come to, on paper."""

    def _sections(self):
        return {
            section.title: section
            for section in self.audit.with_user(self.clerk)._summary_sections()
        }

    def _html(self, user):
        report = self.env["ir.actions.report"].with_user(user)
        content, _kind = report._render_qweb_html(
            "invoicing_clerk.report_audit_summary", self.audit.ids
        )
        return content.decode()

    def test_requests_by_state(self):
        for area, count in (("revenue", 2), ("receivables", 1)):
            for _each in range(count):
                self._request(area=area, date_due="2020-01-01")
        self._deliver(self.audit.request_ids[0])
        section = self._sections()["Requests"]
        self.assertEqual(
            section.rows,
            [
                ["Receivables", 1, 0, 0, 0, 0],
                ["Revenue", 1, 0, 1, 0, 0],
                ["Total", 2, 0, 1, 0, 0],
            ],
        )
        self.assertIn("2 are open, 2 of them overdue", section.text)

    def test_findings_beside_the_materiality(self):
        for amount in (6000, -5000, 100):
            self._reported(amount=amount)
        self._finding(amount=99999)
        section = self._sections()["Findings and Materiality"]
        self.assertEqual(
            [row[:2] for row in section.rows],
            [["Below Performance Materiality", 2], ["Clearly Trivial", 1]],
        )
        self.assertIn("11,000.00 gross", section.text)
        self.assertIn("is reached", section.text)
        self.audit.materiality = 11000.01
        self.assertIn("below the materiality", self._sections()[section.title].text)

    def test_empty(self):
        sections = self._sections()
        self.assertIn("There are no requests", sections["Requests"].text)
        self.assertFalse(sections["Requests"].rows)
        self.assertIn(
            "No findings were reported", sections["Findings and Materiality"].text
        )
        self.assertIn(self.audit.name, self._html(self.auditor))

    def test_who_prints_it(self):
        self._reported(name="<b>Late</b> invoices")
        self._finding(name="Only a draft")
        for user in (self.clerk, self.supervisor, self.auditor):
            html = self._html(user)
            self.assertIn("&lt;b&gt;Late&lt;/b&gt; invoices", html)
            self.assertNotIn("Only a draft", html)
        for user in (self.other_auditor, self.clerk_b, self.outsider):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._html(user)

    def test_it_is_a_pdf(self):
        self._request()
        self._reported()
        report = self.env["ir.actions.report"].with_user(self.auditor)
        content, kind = report.with_context(
            force_report_rendering=True
        )._render_qweb_pdf("invoicing_clerk.report_audit_summary", self.audit.ids)
        self.assertEqual((kind, content[:5]), ("pdf", b"%PDF-"))

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.engagement.common import FindingCommon


@tagged("post_install", "-at_install")
class TestAuditSummary(FindingCommon):
    """The summary of an engagement as PDF."""

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
        self.assertIn("2 are open, 2 of them late", section.text)

    def test_findings_compared_with_the_materiality(self):
        for amount in (6000, -5000, 100):
            self._reported(amount=amount)
        self._finding(amount=99999)
        section = self._sections()["Findings and Materiality"]
        self.assertEqual(
            [row[:2] for row in section.rows],
            [["Below Performance Materiality", 2], ["Clearly Trivial", 1]],
        )
        self.assertIn("11,000.00 gross", section.text)
        self.assertIn("reaches the materiality", section.text)
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

    def test_access_to_the_summary(self):
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

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon


@tagged("post_install", "-at_install")
class TestReports(ClerkCommon):
    """Reports of ours, called without what they need, end with a sentence.

    Would have caught statements, summaries and letters that were printed for no record,
    or for one that does not exist: an error of the template engine.
    """

    def _reports(self, user):
        reports = self.env["ir.actions.report"].with_user(user)
        return reports.search([("report_name", "=like", "invoicing_clerk.%")])

    def test_without_records(self):
        reports = self._reports(self.clerk)
        self.assertGreater(len(reports), 5)
        for report in reports:
            for ids in ([], None, [0], [999_999_999]):
                with (
                    self.subTest(report=report.report_name, ids=ids),
                    self.assertRaisesRegex(UserError, "select at least one"),
                ):
                    report._render_qweb_html(report.report_name, ids)

    def test_people_without_a_role(self):
        run = self.env["clerk.statement.run"].with_user(self.clerk)
        run = run.create({"date": "2026-01-31"})
        self._posted()
        run.action_compute()
        statement = run.statement_ids[:1]
        reports = self.env["ir.actions.report"].with_user(self.outsider)
        with self.assertRaises(AccessError):
            reports._render_qweb_html("invoicing_clerk.report_statement", statement.ids)

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.ageing.common import AgeingCommon
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestAgeingTour(AgeingCommon, TourCase):
    """A clerk opens the report of today, drills down, and compares a frozen one."""

    def test_report_to_comparison(self):
        self._posted((1, 100.0), taxes=self.no_tax, partner=self.partner_a)
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/aged-receivables", "invoicing_clerk_ageing", login="clerk_a"
        )
        reports = self.env["clerk.ageing"].with_user(self.clerk)
        report = reports.search([("create_uid", "=", self.clerk.id)])
        self.assertEqual(report.state, "computed")
        report.action_freeze()
        self.start_tour(
            f"/odoo/ageing-reports/{report.id}",
            "invoicing_clerk_ageing_frozen",
            login="clerk_a",
        )

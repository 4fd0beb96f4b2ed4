from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import ClerkCommon, TourCase


@tagged("post_install", "-at_install")
class TestSetupTour(ClerkCommon, TourCase):
    """A supervisor sets up the company from the checklist, in a browser."""

    def test_start_date_from_the_checklist(self):
        old = self._posted((1, 10.0))
        self._redate(old, "2025-01-15")
        self.company_a.sudo().clerk_work_start = False
        self.supervisor.password = "supervisor_a"
        self.start_tour(
            "/odoo/clerk-setup", "invoicing_clerk_setup", login="supervisor_a"
        )
        self.assertTrue(self.company_a.sudo().clerk_work_start)
        step = self.env.ref("invoicing_clerk.setup_step_credit_limits").sudo()
        self.assertIn(self.company_a, step.confirmed_company_ids)

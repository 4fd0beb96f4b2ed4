from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.reminder.common import ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderTour(ReminderCommon, TourCase):
    """A clerk reminds a customer from the aged receivables."""

    def test_ageing_to_sending(self):
        self._overdue(100.0)
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/aged-receivables", "invoicing_clerk_reminder", login="clerk_a"
        )
        runs = self.env["clerk.reminder.run"].with_user(self.clerk)
        run = runs.search([("user_id", "=", self.clerk.id)])
        self.assertEqual(run.state, "sending")

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.customer.common import CustomerCommon


@tagged("post_install", "-at_install")
class TestCustomerTour(CustomerCommon, TourCase):
    """A customer is entered, a duplicate is warned of, a colleague approves."""

    def _tour(self, user, name):
        user.password = user.login
        self.start_tour(
            "/odoo/new-customers",
            f"invoicing_clerk_customer_{name}",
            login=user.login,
        )
        self.env.invalidate_all()

    def setUp(self):
        super().setUp()
        # sudo: where the company is.
        self.company_a.sudo().partner_id.country_id = self.belgium

    def test_entered_with_a_warning_and_approved(self):
        self._tour(self.clerk, "enter")
        requests = self.env["clerk.customer.request"].with_user(self.clerk)
        request = requests.search([("customer_name", "=", "Kestrel Optics Trade")])
        self.assertEqual((request.state, request.is_new), ("checked", True))
        self._tour(self.supervisor, "approve")
        self.assertEqual(request.state, "active")
        self.assertEqual(request.partner_id.phone, "+32 3 123 45 67")

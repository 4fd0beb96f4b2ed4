from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase

from .change_common import ChangeCommon


@tagged("post_install", "-at_install")
class TestCustomerChangeTour(ChangeCommon, TourCase):
    """A bank account is proposed, confirmed by a call and approved, in a browser."""

    def _tour(self, user, name, url):
        user.password = user.login
        self.start_tour(
            url, f"invoicing_clerk_customer_change_{name}", login=user.login
        )
        self.env.invalidate_all()

    def test_bank_account_by_two_people(self):
        self._tour(self.clerk, "propose", f"/odoo/res.partner/{self.customer.id}")
        changes = self.env["clerk.customer.change"].with_user(self.supervisor)
        change = changes.search([])
        self.assertEqual((change.state, change.called_by_id), ("called", self.clerk))
        self._tour(self.supervisor, "approve", "/odoo/customer-changes")
        self.assertEqual(change.state, "approved")
        self.assertEqual(change.approved_by_id, self.supervisor)
        self.assertFalse(self.customer.bank_ids)

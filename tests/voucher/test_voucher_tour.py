from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.voucher.common import VoucherCommon


@tagged("post_install", "-at_install")
class TestVoucherTour(VoucherCommon, TourCase):
    """A bill is put on a voucher, approved by somebody else, and paid, in a browser."""

    def _tour(self, user, name):
        user.password = user.login
        self.start_tour(
            "/odoo/payment-vouchers",
            f"invoicing_clerk_voucher_{name}",
            login=user.login,
        )
        self.env.invalidate_all()

    def test_prepared_approved_and_paid(self):
        bill = self._bill(120.0, ref="Rent of January")
        self._tour(self.clerk, "prepare")
        voucher = self.env["clerk.voucher"].with_user(self.clerk).search([])
        self.assertEqual((voucher.state, voucher.amount), ("prepared", 120.0))
        self._tour(self.supervisor, "approve")
        self.assertEqual(voucher.approved_by_id, self.supervisor)
        self._tour(self.clerk, "pay")
        self.assertEqual((voucher.state, voucher.reference), ("paid", "4711"))
        self.assertEqual(bill.amount_residual, 0.0)

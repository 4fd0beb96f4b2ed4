from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.petty_cash.common import PettyCashCommon


@tagged("post_install", "-at_install")
class TestPettyCashTour(PettyCashCommon, TourCase):
    """Stamps are paid out of a box, which is counted and replenished, in a browser."""

    def _tour(self, user, name, path="petty-cash"):
        user.password = user.login
        self.start_tour(
            f"/odoo/{path}", f"invoicing_clerk_petty_cash_{name}", login=user.login
        )
        self.env.invalidate_all()

    def test_paid_out_counted_and_replenished(self):
        self._replenish()
        self._tour(self.clerk, "enter")
        vouchers = self.env["clerk.voucher"].with_user(self.clerk)
        voucher = vouchers.search([("kind", "=", "petty")])
        self._attach(voucher)
        self._tour(self.clerk, "pay_out", "payment-vouchers")
        self.assertEqual((voucher.state, self.box.cash_on_hand), ("paid", 480.0))
        self._tour(self.colleague, "count")
        self.assertEqual(self.box.count_ids.counted_by_id, self.colleague)
        self._tour(self.colleague, "replenish")
        waiting = voucher.replenished_by_id
        self.assertEqual((waiting.state, waiting.amount), ("prepared", 20.0))

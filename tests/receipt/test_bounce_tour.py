from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.receipt.test_bounce import BounceCommon


@tagged("post_install", "-at_install")
class TestBounceTour(BounceCommon, TourCase):
    """A check that was received bounces, and is presented again, in a browser."""

    def test_from_the_receipt_to_the_second_presentation(self):
        invoice = self._posted((1, 50.0), taxes=self.no_tax)
        batch = self._batch(("1047", 50.0))
        batch.action_post()
        self._apply(batch.payment_ids, invoice)
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/customer-receipts", "invoicing_clerk_bounce", login="clerk_a"
        )
        bounce = batch.payment_ids.bounce_ids
        self.assertEqual(bounce.state, "presented")
        self.assertEqual(bounce.reason_id, self.no_funds)
        self.assertEqual(invoice.amount_residual, 0.0)

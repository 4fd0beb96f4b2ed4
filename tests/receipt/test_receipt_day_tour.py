from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.receipt.test_bounce import BounceCommon


@tagged("post_install", "-at_install")
class TestReceiptDayTour(BounceCommon, TourCase):
    """Eight checks entered by keyboard, posted and deposited; one of them bounces."""

    def test_from_the_tape_to_the_returned_check(self):
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/receipt-batches", "invoicing_clerk_receipt_day", login="clerk_a"
        )
        batch = self.env["clerk.receipt.batch"].with_user(self.clerk).search([])
        self.assertEqual((batch.state, len(batch.payment_ids)), ("posted", 8))
        self.assertEqual(batch.entered_amount, 6553.25)
        deposit = batch.payment_ids.deposit_id
        self.assertEqual((deposit.total, deposit.check_count), (6553.25, 8))
        bounce = batch.payment_ids.bounce_ids
        self.assertEqual(bounce.payment_id.payment_reference, "2210")
        self.assertEqual(bounce.state, "booked")
        self.assertEqual(bounce.payment_id.amount, 980.0)

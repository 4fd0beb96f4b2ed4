from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.receipt.test_receipt_batch import ReceiptCommon


@tagged("post_install", "-at_install")
class TestReceiptBatchTour(ReceiptCommon, TourCase):
    """Two checks entered against a tape and posted, by a clerk in a browser."""

    def test_from_the_tape_to_the_payments(self):
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/receipt-batches", "invoicing_clerk_receipt_batch", login="clerk_a"
        )
        batch = self.env["clerk.receipt.batch"].with_user(self.clerk).search([])
        self.assertEqual(batch.state, "posted")
        self.assertEqual(batch.payment_ids.mapped("amount"), [50.0, 70.5])

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.receipt.common import ReceiptCommon


@tagged("post_install", "-at_install")
class TestReceiptMatchTour(ReceiptCommon, TourCase):
    """A payment is found and applied by a clerk in a browser, with two clicks."""

    def test_from_the_payment_to_the_invoice(self):
        invoice = self._invoice(80.0)
        self._payment(80.0, f"re {invoice.name}")
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/payments-to-apply", "invoicing_clerk_receipt_match", login="clerk_a"
        )
        self.assertEqual(self._open(invoice), [0.0])
        match = self.env["clerk.receipt.match"].with_user(self.clerk).search([])
        self.assertEqual((match.state, match.applied_by_id), ("applied", self.clerk))

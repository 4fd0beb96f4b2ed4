from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase

from .bank_files import sheet
from .test_receipt_import import ReceiptImportCommon


@tagged("post_install", "-at_install")
class TestReceiptImportTour(ReceiptImportCommon, TourCase):
    """A sheet with known columns is imported in two clicks, in a browser."""

    def test_two_clicks_for_a_known_layout(self):
        dialog = self._dialog(
            sheet(("Day", "From", "Value"), ("30/01/2026", "Azure", "2.000"))
        )
        for column, meaning in zip(
            dialog.column_ids, ("date", "payer", "amount"), strict=True
        ):
            column.meaning = meaning
        dialog.decimal_mark = ","
        dialog.action_import()
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/receipt-batches", "invoicing_clerk_receipt_import", login="clerk_a"
        )
        batch = self._batches().search([], limit=1)
        self.assertEqual(batch.receipt_ids.amount, 1000.0)
        self.assertEqual(batch.receipt_ids.payer, "Azure")
        self.assertTrue(batch.is_balanced)

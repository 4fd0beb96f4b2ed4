from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestFindTour(CallCommon, TourCase):
    """From what a caller says to the invoice and to the pad, in a browser."""

    def test_amount_to_pad(self):
        wind, _sail = self.env["res.partner"].create(
            [{"name": "Zephyr Wind"}, {"name": "Zephyr Sail"}]
        )
        invoice = self._posted((1, 5934.0), partner=wind, taxes=self.env["account.tax"])
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/action-invoicing_clerk.clerk_find_action",
            "invoicing_clerk_find",
            login="clerk_a",
        )
        call = self._calls().search([("partner_id", "=", wind.id)])
        self.assertEqual(call.move_ids, invoice)

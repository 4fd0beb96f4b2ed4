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

    def test_enter_opens_the_only_result(self):
        """With the key itself: those of tours do not submit a form, as a browser does.

        Would have caught a button that Enter does not press.
        """
        wind = self.env["res.partner"].create({"name": "Zephyr Wind"})
        self._posted((1, 5934.0), partner=wind, taxes=self.env["account.tax"])
        self.clerk.password = "clerk_a"
        self.type_and_enter(
            "/odoo/action-invoicing_clerk.clerk_find_action",
            "5.934,00",
            ".o_clerk_find [name=text]",
            "document.querySelector('.o_form_view [name=name]')"
            "?.textContent.includes('INV/')",
            login="clerk_a",
        )

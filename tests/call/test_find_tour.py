from unittest.mock import patch

from odoo.tests import tagged
from odoo.tests.common import ChromeBrowser

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon
from odoo.addons.invoicing_clerk.tests.common import TourCase

FOCUSED = "!!document.activeElement.closest('.o_clerk_find [name=text]')"
OPENED = """(async () => {
    const found = () => document.querySelector(".o_form_view [name=name]");
    for (let times = 0; times < 600; times++) {
        if (found()?.textContent.includes("INV/")) {
            return console.log("test successful");
        }
        await new Promise((done) => setTimeout(done, 100));
    }
    console.error("Enter opened nothing");
})()"""
ENTER = {"key": "Enter", "code": "Enter", "text": "\r", "windowsVirtualKeyCode": 13}


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
        wait_ready = ChromeBrowser._wait_ready

        def type_when_ready(browser, *args, **kwargs):
            is_ready = wait_ready(browser, *args, **kwargs)
            send = browser._websocket_request
            send("Input.insertText", params={"text": "5.934,00"})
            for kind in ("keyDown", "keyUp"):
                send("Input.dispatchKeyEvent", params={"type": kind, **ENTER})
            return is_ready

        with patch.object(ChromeBrowser, "_wait_ready", type_when_ready):
            self.browser_js(
                "/odoo/action-invoicing_clerk.clerk_find_action",
                OPENED,
                ready=FOCUSED,
                login="clerk_a",
                timeout=180,
            )

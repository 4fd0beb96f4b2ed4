from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.call.common import CallCommon
from odoo.addons.invoicing_clerk.tests.common import TourCase


@tagged("post_install", "-at_install")
class TestCallTour(CallCommon, TourCase):
    """A call about two invoices in a browser, with a dispute and a promise."""

    def test_dispute_and_promise(self):
        move, other = self._posted((6, 100.0)), self._posted((1, 100.0))
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/desk",
            "invoicing_clerk_call",
            login="clerk_a",
        )
        calls = self._calls().search([("partner_id", "=", self.partner_a.id)])
        self.assertRecordValues(
            calls,
            [
                {
                    "state": "done",
                    "contact_id": False,
                    "move_ids": [],
                    "outcome_id": self._outcome_of("resolved").id,
                    "summary": "Two, thank you.",
                },
                {
                    "state": "done",
                    "contact_id": self.contact_a.id,
                    "move_ids": (move + other).ids,
                    "outcome_id": self._outcome_of("dispute").id,
                    "summary": "Two came, not six.",
                },
            ],
        )
        self.assertRecordValues(
            calls.error_ids,
            [
                {
                    "move_ids": move.ids,
                    "contact_id": self.contact_a.id,
                    "origin": "call",
                    "description": "Two came, not six.",
                }
            ],
        )
        self.assertRecordValues(
            calls.promise_ids,
            [{"move_ids": other.ids, "amount": 115.0, "source": "call"}],
        )

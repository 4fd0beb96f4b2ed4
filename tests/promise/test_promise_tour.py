from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseTour(PromiseCommon, TourCase):
    """A broken promise returns to the desk, and is replaced by a new one."""

    def test_a_broken_promise_comes_back(self):
        invoice = self._untaxed()
        broken = self._judge(self._old_promise(invoice))
        worklist = self.env.ref("invoicing_clerk.worklist_promise_broken").sudo()
        worklist._refresh()
        self.clerk.password = "clerk_a"
        self.start_tour(
            "/odoo/desk",
            "invoicing_clerk_promise",
            login="clerk_a",
        )
        self.assertRecordValues(
            broken + broken.next_id,
            [
                {"state": "broken", "level": 0, "amount": 100.0},
                {"state": "open", "level": 1, "amount": 100.0},
            ],
        )
        worklist._refresh()
        self.assertFalse(broken.next_id.in_worklist)
        self.assertFalse(broken.in_worklist)

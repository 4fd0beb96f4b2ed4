from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase
from odoo.addons.invoicing_clerk.tests.correction.test_correction_batch import (
    CorrectionBatchCommon,
)


@tagged("post_install", "-at_install")
class TestCorrectionBatchTour(CorrectionBatchCommon, TourCase):
    """A wrong price on several invoices, corrected by a clerk in a browser."""

    def test_from_the_price_to_the_notes(self):
        for partner in (self.partner_a, self.partner_b):
            self._invoice(partner=partner)
        self.clerk.password = "clerk_a"
        path = "/odoo/action-invoicing_clerk.clerk_correction_batch_action"
        self.start_tour(
            path, "invoicing_clerk_correction_batch_prepare", login="clerk_a"
        )
        batches = self.env["clerk.correction.batch"].with_user(self.clerk)
        batch = batches.search([], limit=1)
        self._work()
        self.assertEqual((batch.state, batch.ready_count), ("ready", 2))
        self.start_tour(
            f"{path}/{batch.id}",
            "invoicing_clerk_correction_batch_apply",
            login="clerk_a",
        )
        self._work()
        self.assertEqual((batch.state, batch.done_count), ("done", 2))

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase

from .common import CountCommon


@tagged("post_install", "-at_install")
class TestCountTour(CountCommon, TourCase):
    """A clerk enters a count; its difference, once reviewed, is a finding."""

    def test_difference_is_a_finding(self):
        product = self._stored(10, name="Garden bench")
        count = self._started(product)
        self.clerk.password = "clerk_a"
        url = f"/odoo/counts/{count.id}"
        self.start_tour(url, "invoicing_clerk_count", login="clerk_a")
        self.assertEqual(count.state, "entered")
        self.assertEqual(count.line_ids.difference, -3)
        self.supervisor.password = "supervisor_a"
        self.start_tour(url, "invoicing_clerk_count_review", login="supervisor_a")
        self.assertEqual(self._findings("GONE").count_id, count)

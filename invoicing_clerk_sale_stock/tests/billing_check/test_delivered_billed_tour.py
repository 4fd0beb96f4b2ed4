from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.common import TourCase

from ..common import StockCorpus


@tagged("post_install", "-at_install")
class TestDeliveredBilledTour(StockCorpus, TourCase):
    """A clerk looks at another day, and opens the order to invoice it."""

    def test_as_of_another_day(self):
        order = self._sold(10)
        self._return(self._ship(order), 4)
        self._ship(self._sold(10))
        self.clerk.password = "clerk_a"
        # With loyalty programs, Odoo shows orders to people with a role in Sales only.
        self.clerk.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.start_tour(
            "/odoo/delivered-billed",
            "invoicing_clerk_delivered_billed",
            login="clerk_a",
        )

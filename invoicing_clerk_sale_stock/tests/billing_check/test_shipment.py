from odoo.tests import tagged
from odoo.tools import SQL

from ...models.billing_check.shipment import Shipments
from ..common import StockCorpus


@tagged("post_install", "-at_install")
class TestShipment(StockCorpus):
    """Quantities shipped and returned of order lines, whatever core says of them."""

    def _totals(self, order, **options):
        self.env.flush_all()
        lines = SQL("%s", order.order_line._ids)
        return [
            (float(shipped), float(returned))
            for shipped, returned in self.env.execute_query(
                SQL(
                    "SELECT shipped, returned FROM (%s) AS total ORDER BY line_id",
                    Shipments(lines, **options).totals(),
                )
            )
        ]

    def test_partial_deliveries(self):
        order = self._sold(10)
        self.assertEqual(self._totals(order), [(0, 0)])
        self._ship(order, 4)
        self._ship(order, 5, day="2026-02-02")
        self.assertEqual(self._totals(order), [(9, 0)])
        self.assertEqual(self._totals(order, until="2026-02-01"), [(4, 0)])
        self.assertEqual(self._totals(order, until="2026-01-01"), [(0, 0)])

    def test_returns_with_and_without_update_of_quantities(self):
        """Would have caught: core's delivered quantity keeps returns without it."""
        for to_refund in (True, False):
            with self.subTest(to_refund=to_refund):
                order = self._sold(10)
                self._return(self._ship(order), 3, to_refund=to_refund)
                self.assertEqual(self._totals(order), [(10, 3)])
                self.assertEqual(self._totals(order, until="2026-01-19"), [(10, 0)])

    def test_replacement_of_a_return(self):
        order = self._sold(10)
        back = self._return(self._ship(order), 3, to_refund=False)
        self._return(back, day="2026-01-22", to_refund=False)
        self.assertEqual(self._totals(order), [(13, 3)])

    def test_other_units(self):
        order = self._sold(2, product_uom_id=self.dozens.id)
        self._ship(order, 18)
        self.assertEqual(self._totals(order), [(1.5, 0)])

    def test_moves_that_do_not_reach_the_customer(self):
        """Goods that are picked and packed, or scrapped, are not shipped."""
        self.warehouse.delivery_steps = "pick_ship"
        order = self._sold(10)
        self._ship(order)
        self.assertEqual(self._totals(order), [(0, 0)])
        self._ship(order)
        self.assertEqual(self._totals(order), [(10, 0)])

    def test_dropship(self):
        order = self._sold(10)
        self._move(order.order_line, "supplier", "customer", 10)
        self._move(order.order_line, "customer", "supplier", 2)
        self.assertEqual(self._totals(order), [(10, 2)])

    def test_kits(self):
        """Would have caught: components that were counted as the kit itself."""
        for to_refund in (True, False):
            with self.subTest(to_refund=to_refund):
                order = self._sold(4)
                line, rod, ring = order.order_line, self._goods(), self._goods()
                for quantity, product in (8, rod), (4, ring):
                    self._move(line, "internal", "customer", quantity, product)
                line.qty_delivered = 4
                self.assertEqual(self._totals(order), [(4, 0)])
                values = {"to_refund": to_refund}
                for quantity, product in (2, rod), (1, ring):
                    args = ("customer", "internal", quantity, product)
                    self._move(line, *args, **values)
                line.qty_delivered = 3 if to_refund else 4
                self.assertEqual(self._totals(order), [(4, 1)])

    def test_services_and_quantities_typed_by_hand(self):
        service = self._goods(type="service")
        order = self._order((5, 100, ("product_id", service.id)))
        order.order_line.qty_delivered = 3
        self.assertEqual(self._totals(order), [(3, 0)])

    def test_day_is_that_of_the_time_zone(self):
        order = self._sold(1)
        self._ship(order).move_ids.date = "2026-01-31 23:30:00"
        ends = {"Europe/Brussels": 0, "UTC": 1}
        for zone, shipped in ends.items():
            totals = self._totals(order, zone=zone, until="2026-01-31")
            self.assertEqual(totals, [(shipped, 0)], zone)

    def test_several_lines_of_one_product(self):
        product = ("product_id", self._goods().id)
        order = self._order((2, 100, product), (3, 100, product))
        self._ship(order)
        self.assertEqual(self._totals(order), [(2, 0), (3, 0)])
        row = {"order_id": order.id, **dict([product]), "product_uom_qty": 1}
        self.env["sale.order.line"].create(row)
        self.assertEqual(self._totals(order)[2], (0, 0))

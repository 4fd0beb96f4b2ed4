from odoo.fields import Command

from ..common import StockCorpus

NOON = "2026-01-25 12:00:00"


class CountCommon(StockCorpus):
    """Goods on a shelf, counted by a clerk without rights in Inventory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counts = cls.env["clerk.count"].with_user(cls.clerk)
        cls.shelf = cls.env["stock.location"].create(
            {"name": "Shelf 1", "location_id": cls.warehouse.lot_stock_id.id}
        )
        cls.count_checks = (
            cls.env["clerk.billing.check"]
            .sudo()
            .search([("code", "in", ("GONE", "THERE"))])
        )
        # Everything in the corpus is of January 2026.
        cls.count_checks.days = 3000

    def _stored(self, quantity, location=None, lot=None, **values):
        """Return a product of which a quantity is in Inventory."""
        product = self._goods(is_storable=True, standard_price=40, **values)
        self._put(product, quantity, location, lot)
        return product

    def _put(self, product, quantity, location=None, lot=None):
        self.env["stock.quant"]._update_available_quantity(
            product, location or self.shelf, quantity, lot_id=lot
        )

    def _started(self, *products, location=None, user=None):
        """Return a count of products, as its counter sees it."""
        count = self.counts.with_user(user or self.clerk).create(
            {
                "product_ids": [
                    Command.set(self.env["product.product"].union(*products).ids)
                ],
                "location_ids": [Command.set(location.ids if location else [])],
            }
        )
        count.action_start()
        return count

    def _entered(self, figures, counted_on=NOON, **values):
        """Return a completed count of ``{product: figure}``."""
        count = self._started(*figures, **values)
        for line in count.line_ids:
            line.counted = figures[line.product_id.with_env(self.env)]
        count.counted_on = counted_on
        count.action_enter()
        return count

    def _reviewed(self, figures, **values):
        count = self._entered(figures, **values)
        count.with_user(self.supervisor).action_review()
        self.assertEqual(self.count_checks.filtered("run_error"), self.count_checks[:0])
        return count

    def _findings(self, code):
        findings = self.env["clerk.billing.finding"].with_user(self.clerk)
        return findings.search([("check_id.code", "=", code), ("state", "=", "open")])

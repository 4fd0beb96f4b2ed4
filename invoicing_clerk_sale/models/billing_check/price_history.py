from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from odoo.tools import float_compare

SECOND = timedelta(seconds=1)


class PricedLine(NamedTuple):
    """Order line with a price that nobody typed, and the day of its order."""

    line_id: int
    pricelist_id: int
    product_id: int
    uom_id: int
    currency_id: int
    quantity: float
    ordered_on: datetime
    net: float
    since: datetime
    is_known: bool


class PriceHistory:
    """Prices that price lists have given, period by period.

    A period lasts from one change of a list to the next: all orders in it have the same
    price, and are computed together.
    """

    def __init__(self, env, lines):
        self.env = env
        self.digits = env["decimal.precision"].precision_get("Product Price")
        self.pricelists = env["product.pricelist"].browse(
            {line.pricelist_id for line in lines}
        )
        self.items = {each.id: self._items(each) for each in self.pricelists}
        self.changes = {
            pricelist_id: sorted(self._changes(items))
            for pricelist_id, items in self.items.items()
        }

    def _items(self, pricelist):
        """Return the items of a price list and of those that it is based on."""
        items, new = pricelist.item_ids, pricelist.item_ids
        while new:
            new = new.base_pricelist_id.item_ids - items
            items |= new
        return items

    def _changes(self, items):
        starts = {item.date_start for item in items if item.date_start}
        return starts | {item.date_end + SECOND for item in items if item.date_end}

    def outdated(self, lines):
        """Return the prices that lines should have had, by line.

        A line is outdated if the list says otherwise on its day, and its price is the
        one of another period or the sales price. Any other price was agreed manually.
        Lists and products that were edited since the order say nothing about it.
        """
        expected = self._prices(lines, self._period)
        doubtful = [
            line for line in lines if not self._is_same(line, expected[line.line_id])
        ]
        explained = self._explained(doubtful)
        return {
            line.line_id: expected[line.line_id]
            for line in explained
            if line.is_known or not self._is_edited(line)
        }

    def _explained(self, lines):
        """Return lines with the price of another period, or the sales price."""
        most = max((len(each) for each in self.changes.values()), default=0)
        explained = {}
        for period in range(most + 1):
            prices = self._prices(lines, lambda line, period=period: period)
            explained |= {
                line: True
                for line in lines
                if self._is_same(line, prices[line.line_id])
            }
        prices = self._prices(lines, None)
        return [
            line
            for line in lines
            if line in explained or self._is_same(line, prices[line.line_id])
        ]

    def _period(self, line):
        return bisect_right(self.changes[line.pricelist_id], line.ordered_on)

    def _prices(self, lines, period):
        """Return the prices of lines in periods of their lists, or sales prices."""
        groups = defaultdict(list)
        for line in lines:
            groups[self._group(line, period)].append(line)
        prices = {}
        for (
            pricelist_id,
            moment,
            quantity,
            uom_id,
            currency_id,
        ), same in groups.items():
            products = self.env["product.product"].browse(
                {line.product_id for line in same}
            )
            found = (
                self.env["product.pricelist"]
                .browse(pricelist_id)
                ._compute_price_rule(
                    products,
                    quantity,
                    currency=self.env["res.currency"].browse(currency_id),
                    uom=self.env["uom.uom"].browse(uom_id),
                    date=moment,
                )
            )
            prices |= {line.line_id: found[line.product_id][0] for line in same}
        return prices

    def _group(self, line, period):
        """Return what decides the price of a line, besides its product."""
        if period is None:
            return ((), line.ordered_on, 1.0, line.uom_id, line.currency_id)
        changes = self.changes[line.pricelist_id]
        number = min(period(line), len(changes))
        moment = changes[number - 1] if number else line.ordered_on
        if not number and changes:
            moment = changes[0] - SECOND
        has_tiers = any(item.min_quantity > 1 for item in self.items[line.pricelist_id])
        return (
            line.pricelist_id,
            moment,
            line.quantity if has_tiers else 1.0,
            line.uom_id,
            line.currency_id,
        )

    def _is_same(self, line, price):
        return not float_compare(line.net, price, precision_digits=self.digits)

    def _is_edited(self, line):
        product = self.env["product.product"].browse(line.product_id)
        template = product.product_tmpl_id
        return template.write_date > line.since or any(
            item.write_date > line.since
            for item in self.items[line.pricelist_id]
            if item._is_applicable_for(product, line.quantity or 1.0)
        )

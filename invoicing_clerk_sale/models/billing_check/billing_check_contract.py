from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts

from .order_lines import half_digit
from .price_history import PricedLine, PriceHistory


class ClerkBillingCheck(models.Model):
    """CONTRACT: prices of orders against the price list on their day."""

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "contract": Reason(
                self.env._("Price of the Price List"),
                self.env._(
                    "“%(label)s” was ordered and billed at %(price_found)s; on "
                    "%(date_ordered)s, its price in %(pricelist_used)s was "
                    "%(price_expected)s."
                ),
                self.env._("%(price_expected)s"),
                self.env._("%(price_found)s"),
            ),
        }

    def _find_contract(self, books):
        """Find lines whose order has a price that the price list no longer had.

        Prices are computed as Sales does, for all lines of a period at once.
        """
        lines = self._priced_lines(books)
        outdated = PriceHistory(books.env, lines).outdated(lines)
        return SQL(
            """WITH agreed AS (%(agreed)s),
            judged AS (
                SELECT agreed.*, outdated.price AS listed, ordering.pricelist_id,
                       ordering.date_order,
                       effect + remaining * (order_net - outdated.price) AS too_much
                  FROM agreed
                  JOIN UNNEST(%(lines)s::int[], %(prices)s::numeric[])
                    AS outdated (line_id, price) ON outdated.line_id = agreed.line_id
                  JOIN sale_order_line AS sold ON sold.id = agreed.order_line_id
                  JOIN sale_order AS ordering ON ordering.id = sold.order_id)
            SELECT %(columns)s FROM judged
             WHERE ABS(too_much) / COALESCE(NULLIF(rate, 0)::numeric, 1) > %(most)s""",
            agreed=self._agreed_sql(books),
            lines=list(outdated),
            prices=list(outdated.values()),
            most=max(books.tolerance, books.currency.rounding / 2),
            columns=found_columns(
                "contract",
                SQL("move_id"),
                facts(
                    label=SQL("label"),
                    pricelist_used=SQL("pricelist_id"),
                    date_ordered=SQL("date_order::date"),
                    price_expected=SQL("TRIM_SCALE(ROUND(listed * ratio, 6))"),
                    price_found=SQL("TRIM_SCALE(ROUND(order_net * ratio, 6))"),
                    price_agreed=SQL("TRIM_SCALE(ROUND(listed * ratio, 6))"),
                    discount_agreed=SQL("0"),
                ),
                line=SQL("line_id"),
                amount=SQL("too_much"),
            ),
        )

    def _priced_lines(self, books):
        """Return lines whose orders have the price that a price list has given."""
        rows = self.env.execute_query(
            SQL(
                """WITH agreed AS (%(agreed)s)
                SELECT agreed.line_id, ordering.pricelist_id, sold.product_id,
                       sold.product_uom_id, sold.currency_id,
                       sold.product_uom_qty::float, ordering.date_order,
                       agreed.order_net::float,
                       GREATEST(ordering.date_order, ordering.create_date), %(known)s
                  FROM agreed
                  JOIN sale_order_line AS sold ON sold.id = agreed.order_line_id
                  JOIN sale_order AS ordering ON ordering.id = sold.order_id
                 WHERE order_count = 1 AND sold.combo_item_id IS NULL
                   AND sold.product_id IS NOT NULL
                   AND ABS(sold.technical_price_unit - sold.price_unit) <= %(half)s
                   AND EXISTS (SELECT 1 FROM product_pricelist_item AS item
                                WHERE item.pricelist_id = ordering.pricelist_id)
                 ORDER BY agreed.line_id""",
                agreed=self._agreed_sql(books),
                half=half_digit(self.env),
                known=books.known(SQL("agreed.move_id"), SQL("agreed.line_id")),
            )
        )
        return [PricedLine(*row) for row in rows]

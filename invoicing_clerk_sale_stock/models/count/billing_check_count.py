from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts
from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    ORDER_LINES,
    half_digit,
    net_billed,
)

from ..billing_check.order_balance import BALANCES, drafts_sql
from ..billing_check.shipment import Shipments


class ClerkBillingCheck(models.Model):
    """GONE and THERE: reviewed counts of goods against what was billed.

    See `rules.count`. The latest count of each product, location and lot is used for
    some days. Quantities of a product are those of all its locations and lots together:
    goods that are in another location than recorded are neither gone nor over.

    Both share what was counted among all order lines of a product: they look at whole
    companies, and never at single documents.
    """

    _inherit = "clerk.billing.check"

    def _is_by_document(self):
        return self.code != "THERE" and super()._is_by_document()

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "gone": Reason(
                self.env._("Missing Goods, Not Billed"),
                self.env._(
                    "“%(label)s”: %(count_name)s of %(date_counted)s found "
                    "%(quantity_counted)s, %(quantity_missing)s less than recorded. "
                    "%(quantity_ahead)s of them were billed ahead of delivery or "
                    "delivered after the count; no order explains "
                    "%(quantity_unbilled)s."
                ),
                self.env._("%(quantity_recorded)s"),
                self.env._("%(quantity_counted)s"),
            ),
            "billed_there": Reason(
                self.env._("Billed, Not Delivered and Still on Hand"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_billed)s were billed "
                    "and %(quantity_kept)s delivered. %(count_name)s of "
                    "%(date_counted)s found %(quantity_counted)s: %(quantity_there)s "
                    "that are billed are still on hand."
                ),
                self.env._("%(quantity_kept)s"),
                self.env._("%(quantity_billed)s"),
            ),
            "shipped_there": Reason(
                self.env._("Billed, Recorded as Delivered and Still on Hand"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_billed)s were billed "
                    "and %(quantity_kept)s recorded as delivered. %(count_name)s of "
                    "%(date_counted)s found %(quantity_counted)s, %(quantity_over)s "
                    "more than recorded: %(quantity_there)s of this order may still "
                    "be on hand."
                ),
                self.env._("%(quantity_kept)s"),
                self.env._("%(quantity_billed)s"),
            ),
        }

    # Goods that are gone

    def _find_gone(self, books):
        """Find missing goods that no order explains, one row for each product."""
        missing = SQL("-goods.difference")
        unbilled = SQL("(%s - COALESCE(ahead.quantity, 0))", missing)
        value = SQL("%s * price.amount", unbilled)
        return SQL(
            """WITH goods AS (%(goods)s)
               SELECT %(columns)s, line.id AS count_line_id
                 FROM goods
                 JOIN clerk_count_line AS line ON line.id = goods.line_id
                 JOIN clerk_count AS present ON present.id = line.count_id
                 JOIN (%(prices)s) AS price ON price.line_id = line.id
                 LEFT JOIN (%(ahead)s) AS ahead ON ahead.product_id = goods.product_id
                WHERE %(unbilled)s > %(half)s AND line.id IN %(lines)s
                  AND (price.amount = 0 OR %(value)s > %(tolerance)s)""",
            columns=found_columns(
                "gone",
                SQL("NULL"),
                facts(
                    label=SQL("line.name"),
                    count_name=SQL("present.name"),
                    date_counted=SQL("goods.counted_on"),
                    **_quantities(
                        counted=SQL("goods.counted"),
                        recorded=SQL("goods.counted - goods.difference"),
                        missing=missing,
                        ahead=SQL("LEAST(%s, COALESCE(ahead.quantity, 0))", missing),
                        unbilled=unbilled,
                    ),
                ),
                amount=SQL("-(%s)", value),
            ),
            goods=self._goods_sql(books, SQL("line.difference")),
            prices=self._prices_sql(books),
            ahead=self._ahead_sql(books),
            unbilled=unbilled,
            half=half_digit(self.env, "Product Unit"),
            value=value,
            tolerance=books.tolerance,
            lines=books.records([("company_id", "=", books.company.id)]),
        )

    @api.model
    def _ahead_sql(self, books):
        """Return what may have left of each product before Inventory knew it.

        Of orders placed by the time of the count: what was billed by then, drafts
        included, and not delivered, or what was delivered afterwards, whichever is
        more. Bills made later say nothing about goods that were gone before; credits
        do, unless the goods came back with them.
        """
        kept = SQL("(line.shipped - line.returned)")
        return SQL(
            """SELECT line.product_id, SUM(GREATEST(0, later.quantity, LEAST(
                    COALESCE(billed.quantity, 0) + COALESCE(draft.quantity, 0)
                        - %(kept)s + COALESCE(later.quantity, 0),
                    line.billed + line.draft - %(kept)s
                        + GREATEST(0, later.quantity))) * %(ratio)s) AS quantity
                 FROM %(balances)s AS line %(units)s
                 JOIN goods ON goods.product_id = line.product_id
                  AND goods.counted_at >= line.date_order
                 LEFT JOIN (%(billed)s) AS billed
                   ON billed.order_line_id = line.order_line_id
                 LEFT JOIN (%(draft)s) AS draft
                   ON draft.order_line_id = line.order_line_id
                 LEFT JOIN (%(later)s) AS later ON later.line_id = line.order_line_id
                WHERE line.is_goods AND NOT line.is_unclear
                GROUP BY line.product_id""",
            kept=kept,
            ratio=RATIO,
            balances=BALANCES,
            units=UNITS,
            billed=self._billed_then_sql(),
            draft=self._drafted_then_sql(),
            later=self._later_sql(books),
        )

    @api.model
    def _billed_then_sql(self):
        """Return what was billed by the time of the count, or in a draft by then."""
        return net_billed(
            SQL(
                """(SELECT billed.* FROM %s AS billed
                      JOIN account_move AS move ON move.id = billed.move_id
                      JOIN sale_order_line AS sold ON sold.id = billed.order_line_id
                      JOIN goods ON goods.product_id = sold.product_id
                     WHERE move.invoice_date <= goods.counted_on
                        OR move.create_date <= goods.counted_at)""",
                ORDER_LINES,
            )
        )

    @api.model
    def _drafted_then_sql(self):
        return drafts_sql(
            self.env,
            SQL("(SELECT order_line_id FROM %s)", BALANCES),
            checked=ORDER_LINES,
            where=SQL(
                """EXISTS (SELECT 1 FROM goods WHERE goods.product_id = sold.product_id
                    AND move.create_date <= goods.counted_at)"""
            ),
        )

    @api.model
    def _later_sql(self, books):
        """Return what was delivered from stock after the count, less returns.

        Locations may have been counted at different times: what went through one that
        was counted later is in the figures of that count.
        """
        lines = SQL(
            """(SELECT row.order_line_id FROM %s AS row
                  JOIN goods ON goods.product_id = row.product_id)""",
            BALANCES,
        )
        return SQL(
            """SELECT moved.line_id, SUM(CASE WHEN moved.is_out THEN moved.quantity
                    ELSE -moved.quantity END) AS quantity
                 FROM (%s) AS moved JOIN goods ON goods.product_id = moved.product_id
                WHERE moved.is_own AND NOT moved.is_direct
                  AND moved.date > goods.counted_at
                  AND NOT EXISTS (
                    SELECT 1 FROM stock_move_line AS detail
                      JOIN (%s) AS line ON line.product_id = detail.product_id
                       AND line.location_id
                           IN (detail.location_id, detail.location_dest_id)
                     WHERE detail.move_id = moved.id
                       AND line.counted_on >= moved.date)
                GROUP BY moved.line_id""",
            Shipments(lines, books.company.partner_id.tz or "UTC").moves(),
            self._counted_sql(books),
        )

    @api.model
    def _prices_sql(self, books):
        """Return the sales price of counted goods in company currency, or their cost.

        Prices of products without a company are in the currency of the main company.
        """
        main = self.env["res.company"]._get_main_company().currency_id
        own = SQL("COALESCE(owning.currency_id, %s)", main.id)
        return SQL(
            """SELECT line.id AS line_id, COALESCE(
                    NULLIF((template.list_price + COALESCE(extra.amount, 0))::numeric
                        * CASE WHEN %(own)s = %(currency)s THEN 1
                               ELSE %(rate)s / NULLIF(%(own_rate)s, 0) END, 0),
                    NULLIF(line.unit_cost, 0)::numeric, 0) AS amount
                 FROM goods
                 JOIN clerk_count_line AS line ON line.id = goods.line_id
                 JOIN product_product AS product ON product.id = line.product_id
                 JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
                 LEFT JOIN res_company AS owning ON owning.id = template.company_id
                 LEFT JOIN LATERAL (
                    SELECT SUM(attribute.price_extra) AS amount
                      FROM product_variant_combination AS chosen
                      JOIN product_template_attribute_value AS attribute
                        ON attribute.id = chosen.product_template_attribute_value_id
                     WHERE chosen.product_product_id = product.id) AS extra ON TRUE""",
            own=own,
            currency=books.currency.id,
            rate=self._counted_rate_sql(books, SQL("%s", books.currency.id)),
            own_rate=self._counted_rate_sql(books, own),
        )

    @api.model
    def _counted_rate_sql(self, books, currency):
        """Return the rate of a currency on the day of the count, else its first one."""
        root = books.company.root_id.id
        return SQL(
            """COALESCE((SELECT rate.rate::numeric FROM res_currency_rate AS rate
                 WHERE rate.currency_id = %s AND COALESCE(rate.company_id, %s) = %s
                 ORDER BY rate.company_id, rate.name > goods.counted_on,
                    ABS(rate.name - goods.counted_on) LIMIT 1), 1)""",
            currency,
            root,
            root,
        )

    # Goods that are there

    def _find_there(self, books):
        """Find order lines whose goods were billed and counted."""
        there = SQL("sold.there / sold.ratio")
        return SQL(
            """WITH billing AS (%(billing)s), goods AS (%(goods)s)
            SELECT %(columns)s
              FROM (%(sold)s) AS sold
              JOIN billing ON billing.order_line_id = sold.order_line_id
              JOIN clerk_count_line AS line ON line.id = sold.line_id
              JOIN clerk_count AS present ON present.id = line.count_id
             WHERE sold.there > %(half)s""",
            billing=self._last_billing_sql(books),
            goods=self._goods_sql(
                books, SQL("line.difference DESC, line.counted_on DESC")
            ),
            sold=self._shared_sql(books),
            half=half_digit(self.env, "Product Unit"),
            columns=found_columns(
                SQL("sold.reason"),
                SQL("billing.move_id"),
                facts(
                    label=SQL("sold.label"),
                    order_name=SQL("sold.order_name"),
                    count_name=SQL("present.name"),
                    date_counted=SQL("sold.counted_on"),
                    **_quantities(
                        billed=SQL("sold.billed"),
                        kept=SQL("sold.kept"),
                        counted=SQL("sold.counted"),
                        over=SQL("sold.over"),
                        there=there,
                        excess=there,
                    ),
                ),
                line=SQL("billing.line_id"),
                amount=SQL("%s * billing.price", there),
            ),
        )

    @api.model
    def _shared_sql(self, books):
        """Return order lines with what is there of them, in the unit of the product.

        What was counted is shared by lines billed ahead, and what was found beyond the
        recorded quantity by deliveries: the latest take first, and each good is there
        once only.
        """
        return SQL(
            """SELECT part.*, GREATEST(0, LEAST(part.claimed,
                    CASE WHEN part.is_ahead THEN part.counted ELSE part.over END
                    - (part.cumulated - part.claimed))) AS there,
                    CASE WHEN part.is_ahead THEN 'billed_there'
                         ELSE 'shipped_there' END AS reason
                 FROM (SELECT each.*, SUM(each.claimed) OVER (
                            PARTITION BY each.product_id, each.is_ahead
                            ORDER BY each.last_shipped DESC NULLS LAST,
                                each.order_line_id DESC) AS cumulated
                         FROM (%s) AS each) AS part""",
            self._claimed_sql(books),
        )

    @api.model
    def _claimed_sql(self, books):
        """Return order lines billed by the count with the quantity that may be there.

        Either all that is billed and not delivered, or else the recent deliveries.
        """
        ahead = SQL("(line.billed - (line.shipped - line.returned))")
        return SQL(
            """SELECT line.order_line_id, line.product_id, line.label, line.order_name,
                    line.billed, line.last_shipped,
                    line.shipped - line.returned AS kept,
                    %(ratio)s AS ratio, goods.line_id, goods.counted, goods.counted_on,
                    GREATEST(goods.difference, 0) AS over, %(ahead)s > 0 AS is_ahead,
                    GREATEST(0, CASE WHEN %(ahead)s > 0 THEN %(ahead)s
                        WHEN line.last_shipped <= goods.counted_on
                         AND line.last_shipped + %(days)s >= goods.counted_on
                        THEN LEAST(line.billed, line.shipped - line.returned)
                        ELSE 0 END) * %(ratio)s AS claimed
                 FROM %(balances)s AS line %(units)s
                 JOIN goods ON goods.product_id = line.product_id
                 JOIN billing ON billing.order_line_id = line.order_line_id
                WHERE line.is_goods AND NOT line.is_unclear AND line.billed > 0
                  AND COALESCE(billing.invoice_date, goods.counted_on)
                      <= goods.counted_on""",
            ratio=RATIO,
            ahead=ahead,
            days=books.days,
            balances=BALANCES,
            units=UNITS,
        )


# Converts the unit of an order line to that of its product.
RATIO = SQL("(order_unit.factor::numeric / NULLIF(product_unit.factor::numeric, 0))")
UNITS = SQL(
    """JOIN product_product AS own ON own.id = line.product_id
       JOIN product_template AS owner ON owner.id = own.product_tmpl_id
       JOIN uom_uom AS order_unit ON order_unit.id = line.product_uom_id
       JOIN uom_uom AS product_unit ON product_unit.id = owner.uom_id"""
)


def _quantities(**values):
    """Return quantities as facts, without digits that no unit has."""
    return {
        f"quantity_{name}": SQL("TRIM_SCALE(ROUND((%s)::numeric, 6))", value)
        for name, value in values.items()
    }

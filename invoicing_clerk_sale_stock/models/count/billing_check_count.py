from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts
from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    half_digit,
)

from ..billing_check.order_balance import BALANCES


class ClerkBillingCheck(models.Model):
    """GONE and THERE: reviewed counts of goods against what was billed.

    See `rules.count`. The latest count of each product, location and lot is used for
    some days. Quantities of a product are those of all its locations and lots together:
    goods that are in another location than recorded are neither gone nor over.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "gone": Reason(
                self.env._("Goods Gone, Not Billed"),
                self.env._(
                    "“%(label)s”: %(count_name)s of %(date_counted)s found "
                    "%(quantity_counted)s, %(quantity_missing)s less than recorded. "
                    "%(quantity_ahead)s of them are billed and not delivered; no "
                    "invoice explains %(quantity_unbilled)s."
                ),
                self.env._("%(quantity_recorded)s"),
                self.env._("%(quantity_counted)s"),
            ),
            "billed_there": Reason(
                self.env._("Billed, Not Delivered and Still There"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_billed)s were billed "
                    "and %(quantity_kept)s delivered. %(count_name)s of "
                    "%(date_counted)s found %(quantity_counted)s: %(quantity_there)s "
                    "that are billed are still there."
                ),
                self.env._("%(quantity_kept)s"),
                self.env._("%(quantity_billed)s"),
            ),
            "shipped_there": Reason(
                self.env._("Billed, Recorded as Delivered and Still There"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_billed)s were billed "
                    "and %(quantity_kept)s recorded as delivered. %(count_name)s of "
                    "%(date_counted)s found %(quantity_counted)s, %(quantity_over)s "
                    "more than recorded: %(quantity_there)s of this order may still "
                    "be there."
                ),
                self.env._("%(quantity_kept)s"),
                self.env._("%(quantity_billed)s"),
            ),
        }

    # Goods that are gone

    def _find_gone(self, books):
        """Find missing goods that no invoice explains, one row for each product."""
        missing = SQL("-goods.difference")
        unbilled = SQL("(%s - COALESCE(ahead.quantity, 0))", missing)
        price = SQL(
            """COALESCE(NULLIF(template.list_price, 0)::numeric,
                NULLIF(line.unit_cost, 0)::numeric, 0)"""
        )
        value = SQL("%s * %s", unbilled, price)
        return SQL(
            """SELECT %(columns)s, line.id AS count_line_id
                 FROM (%(goods)s) AS goods
                 JOIN clerk_count_line AS line ON line.id = goods.line_id
                 JOIN clerk_count AS present ON present.id = line.count_id
                 JOIN product_product AS product ON product.id = goods.product_id
                 JOIN product_template AS template
                   ON template.id = product.product_tmpl_id
                 LEFT JOIN (%(ahead)s) AS ahead ON ahead.product_id = goods.product_id
                WHERE %(unbilled)s > GREATEST(%(half)s, 0)
                  AND %(value)s > %(tolerance)s AND line.id IN %(lines)s""",
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
            goods=self._goods_sql(books),
            ahead=self._ahead_sql(),
            unbilled=unbilled,
            half=half_digit(self.env, "Product Unit"),
            value=value,
            tolerance=books.tolerance,
            lines=books.records([("company_id", "=", books.company.id)]),
        )

    @api.model
    def _ahead_sql(self):
        """Return what was billed and not delivered of each product, drafts included."""
        return SQL(
            """SELECT line.product_id, SUM(GREATEST(0, line.billed + line.draft
                    - (line.shipped - line.returned)) * %s) AS quantity
                 FROM %s AS line %s
                WHERE line.is_goods AND NOT line.is_unclear
                GROUP BY line.product_id""",
            RATIO,
            BALANCES,
            UNITS,
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
             WHERE sold.there > %(half)s
               AND COALESCE(billing.invoice_date, sold.counted_on)
                   <= sold.counted_on""",
            billing=self._last_billing_sql(books),
            goods=self._goods_sql(books),
            sold=self._there_sql(books),
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
    def _there_sql(self, books):
        """Return order lines with what is there of them, in the unit of the product.

        What was found beyond the recorded quantity belongs to the latest deliveries.
        """
        return SQL(
            """SELECT part.*,
                    CASE WHEN part.ahead > 0 THEN 'billed_there'
                         ELSE 'shipped_there' END AS reason,
                    CASE WHEN part.ahead > 0 THEN LEAST(part.ahead, part.counted)
                         WHEN part.is_recent THEN GREATEST(0, LEAST(part.delivered,
                            part.over - (part.cumulated - part.delivered)))
                         ELSE 0 END AS there
                 FROM (SELECT each.*, SUM(each.delivered) OVER (
                            PARTITION BY each.product_id, each.is_recent
                            ORDER BY each.last_shipped DESC NULLS LAST,
                                each.order_line_id DESC) AS cumulated
                         FROM (%(rows)s) AS each) AS part""",
            rows=SQL(
                """SELECT line.order_line_id, line.product_id, line.label,
                        line.order_name, line.billed, line.last_shipped,
                        line.shipped - line.returned AS kept, %(ratio)s AS ratio,
                        goods.line_id, goods.counted, goods.counted_on,
                        GREATEST(goods.difference, 0) AS over,
                        (line.billed - (line.shipped - line.returned)) * %(ratio)s
                            AS ahead,
                        GREATEST(0, LEAST(line.billed, line.shipped - line.returned))
                            * %(ratio)s AS delivered,
                        COALESCE(line.last_shipped <= goods.counted_on
                            AND line.last_shipped + %(days)s >= goods.counted_on,
                            FALSE) AS is_recent
                     FROM %(balances)s AS line %(units)s
                     JOIN goods ON goods.product_id = line.product_id
                    WHERE line.is_goods AND NOT line.is_unclear AND line.billed > 0""",
                ratio=RATIO,
                days=books.days,
                balances=BALANCES,
                units=UNITS,
            ),
        )

    # Counts

    @api.model
    def _goods_sql(self, books):
        """Return what the latest counts have found, one row for each product.

        ``line_id`` is the row of the goods of which the most is missing.
        """
        return SQL(
            """SELECT line.product_id, SUM(line.counted_quantity)::numeric AS counted,
                    SUM(line.difference)::numeric AS difference,
                    MAX((line.counted_on AT TIME ZONE 'UTC'
                        AT TIME ZONE %(zone)s)::date) AS counted_on,
                    (ARRAY_AGG(line.id ORDER BY line.difference, line.id))[1] AS line_id
                 FROM (
                    SELECT DISTINCT ON (line.product_id, line.location_id,
                            COALESCE(line.lot_name, ''))
                        line.id, line.product_id, line.counted_quantity,
                        line.difference, present.counted_on
                      FROM clerk_count_line AS line
                      JOIN clerk_count AS present ON present.id = line.count_id
                     WHERE present.state = 'reviewed'
                       AND present.company_id = %(company)s
                       AND present.counted_on >= %(today)s::date - %(days)s
                     ORDER BY line.product_id, line.location_id,
                        COALESCE(line.lot_name, ''), present.counted_on DESC,
                        line.id DESC) AS line
                GROUP BY line.product_id""",
            company=books.company.id,
            zone=books.company.partner_id.tz or "UTC",
            today=books.today,
            days=books.days,
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

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts
from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    BILLING,
    ORDER_LINES,
    half_digit,
)

from .order_balance import BALANCES


class ClerkBillingCheck(models.Model):
    """QTY, NOTDELIV and RETURN: billed quantities against stock moves.

    See `rules.delivery_check`. A finding is about the last invoice line of the order
    line, which is what a credit note would correct.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "quantity_delivered": Reason(
                self.env._("More Billed Than Delivered"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_billed)s were billed "
                    "in all, and %(quantity_shipped)s were delivered."
                ),
                self.env._("%(quantity_shipped)s"),
                self.env._("%(quantity_billed)s"),
            ),
            "quantity_ordered": Reason(
                self.env._("More Billed Than Ordered"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_billed)s were billed "
                    "in all, and %(quantity_ordered)s were ordered."
                ),
                self.env._("%(quantity_ordered)s"),
                self.env._("%(quantity_billed)s"),
            ),
            "not_delivered": Reason(
                self.env._("Billed, Not Delivered"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_billed)s were billed, "
                    "and nothing was delivered."
                ),
                self.env._("%(quantity_shipped)s"),
                self.env._("%(quantity_billed)s"),
            ),
            "returned": Reason(
                self.env._("Returned, Not Credited"),
                self.env._(
                    "“%(label)s” of %(order_name)s: %(quantity_returned)s of "
                    "%(quantity_shipped)s delivered were returned, the last on "
                    "%(date_returned)s; %(quantity_excess)s of them are still billed."
                ),
                self.env._("%(quantity_kept)s"),
                self.env._("%(quantity_billed)s"),
            ),
        }

    def _find_qty(self, books):
        """Find order lines of which more was billed than delivered or ordered."""
        by_delivery = SQL("line.by_delivery")
        return self._excess_sql(
            books,
            SQL(
                """CASE WHEN %s THEN 'quantity_delivered'
                        ELSE 'quantity_ordered' END""",
                by_delivery,
            ),
            SQL(
                """line.billed - CASE WHEN %s THEN line.shipped
                       ELSE GREATEST(line.ordered, line.shipped) END""",
                by_delivery,
            ),
            SQL("NOT (%s AND line.shipped <= 0)", by_delivery),
        )

    def _find_notdeliv(self, books):
        """Find goods that are billed by delivery, and of which nothing was shipped."""
        return self._excess_sql(
            books,
            "not_delivered",
            SQL("line.billed"),
            SQL(
                """line.by_delivery AND line.is_goods AND line.shipped <= 0
                   AND COALESCE(billing.invoice_date, %(today)s) + %(days)s < %(today)s
                """,
                today=books.today,
                days=books.days,
            ),
        )

    def _find_return(self, books):
        """Find goods that were billed and came back, and were not credited."""
        return self._excess_sql(
            books,
            "returned",
            SQL(
                """LEAST(line.billed, line.shipped) + LEAST(line.draft, 0)
                   - (line.shipped - line.returned)"""
            ),
            SQL(
                "line.returned > 0 AND line.last_returned + %s < %s",
                books.days,
                books.today,
            ),
        )

    def _excess_sql(self, books, reason, excess, where):
        """Return order lines of which too much is billed, by their last invoice line.

        :param reason: key of a reason, or SQL of one
        :param excess: SQL of the quantity that is too much
        :param where: further condition, as SQL
        """
        return SQL(
            """WITH billing AS (%(billing)s)
            SELECT %(columns)s
              FROM %(balances)s AS line
              JOIN billing ON billing.order_line_id = line.order_line_id
             WHERE NOT line.is_unclear AND %(excess)s > %(half)s AND %(where)s""",
            billing=self._last_billing_sql(books),
            balances=BALANCES,
            excess=excess,
            half=half_digit(self.env, "Product Unit"),
            where=where,
            columns=found_columns(
                reason,
                SQL("billing.move_id"),
                facts(
                    label=SQL("line.label"),
                    order_name=SQL("line.order_name"),
                    date_returned=SQL("line.last_returned"),
                    **self._quantity_facts(excess),
                ),
                line=SQL("billing.line_id"),
                amount=SQL("(%s) * billing.price", excess),
            ),
        )

    @api.model
    def _quantity_facts(self, excess):
        quantities = {
            "quantity_ordered": SQL("line.ordered"),
            "quantity_shipped": SQL("line.shipped"),
            "quantity_returned": SQL("line.returned"),
            "quantity_kept": SQL("line.shipped - line.returned"),
            "quantity_billed": SQL("line.billed"),
            "quantity_excess": excess,
        }
        return {
            name: SQL("TRIM_SCALE(ROUND(%s, 6))", value)
            for name, value in quantities.items()
        }

    @api.model
    def _last_billing_sql(self, books):
        """Return the last checked invoice line of each order line, with its price."""
        return SQL(
            """SELECT DISTINCT ON (billed.order_line_id) billed.order_line_id,
                      billed.line_id, billed.move_id, move.invoice_date,
                      billed.price_subtotal::numeric / NULLIF(billed.quantity, 0)
                          AS price,
                      billed.quantity
                 FROM %s AS billed
                 JOIN account_move AS move ON move.id = billed.move_id
                WHERE billed.billed_quantity > 0 AND NOT billed.is_amendment
                  AND billed.move_id IN %s
                ORDER BY billed.order_line_id, move.invoice_date DESC NULLS FIRST,
                      billed.line_id DESC""",
            ORDER_LINES,
            books.documents(BILLING),
        )

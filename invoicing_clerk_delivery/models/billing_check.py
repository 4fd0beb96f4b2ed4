from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts
from odoo.addons.invoicing_clerk_sale.models.billing_check.order_lines import (
    BILLING,
    ORDER_LINES,
)

# The seller bears the carriage: Incoterms 2020, groups C and D, and DAT of 2010.
SELLER_BEARS = ("CFR", "CIF", "CPT", "CIP", "DAT", "DPU", "DAP", "DDP")


class ClerkBillingCheck(models.Model):
    """FREIGHT: delivery costs against the order, the incoterm and the carrier.

    Lines with the product of a carrier and without an order line count too, for the
    order that the other lines of the invoice have.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "freight_amount": Reason(
                self.env._("Freight of the Order"),
                self.env._(
                    "%(amount_billed)s of delivery costs were billed in all for "
                    "%(order_name)s, which has %(amount_ordered)s."
                ),
                self.env._("%(amount_ordered)s"),
                self.env._("%(amount_billed)s"),
            ),
            "freight_included": Reason(
                self.env._("Freight Included"),
                self.env._(
                    "%(amount_billed)s of delivery costs were billed for "
                    "%(order_name)s. The order has none, and %(incoterm)s includes "
                    "carriage."
                ),
                found=self.env._("%(amount_billed)s"),
            ),
            "freight_free": Reason(
                self.env._("Free Delivery"),
                self.env._(
                    "%(amount_billed)s of delivery costs were billed for "
                    "%(order_name)s. %(carrier)s delivers orders of %(amount_free)s or "
                    "more free of charge."
                ),
                found=self.env._("%(amount_billed)s"),
            ),
        }

    def _find_freight(self, books):
        """Find orders with wrong delivery costs, by the last line that bills them."""
        return SQL(
            """WITH freight AS MATERIALIZED (%(lines)s),
            charged AS (%(charged)s),
            total AS (
                SELECT order_id, SUM(amount) AS billed FROM freight GROUP BY order_id)
            SELECT DISTINCT ON (charged.order_id) %(columns)s
              FROM charged
              JOIN total USING (order_id)
              JOIN (%(orders)s) AS ordered USING (order_id)
              LEFT JOIN account_incoterms AS term ON term.id = charged.incoterm_id
             CROSS JOIN LATERAL (SELECT CASE
                    WHEN ordered.is_free THEN 'freight_free'
                    WHEN ordered.amount = 0 AND term.code = ANY(%(borne)s)
                    THEN 'freight_included'
                    WHEN ordered.has_line THEN 'freight_amount' END AS reason,
                    total.billed - CASE WHEN ordered.is_free THEN 0
                        ELSE ordered.amount END AS effect) AS judged
             WHERE judged.reason IS NOT NULL AND total.billed > 0
               AND ABS(judged.effect) / COALESCE(NULLIF(charged.rate, 0)::numeric, 1)
                   > GREATEST(%(tolerance)s, %(unit)s)
             ORDER BY charged.order_id, charged.invoice_date DESC NULLS FIRST,
                   charged.line_id DESC""",
            lines=self._freight_lines_sql(),
            charged=self._charged_sql(books),
            orders=self._freight_orders_sql(),
            borne=list(SELLER_BEARS),
            tolerance=books.tolerance,
            unit=books.currency.rounding / 2,
            columns=found_columns(
                SQL("judged.reason"),
                SQL("charged.move_id"),
                facts(
                    order_name=SQL("ordered.name"),
                    amount_billed=SQL("total.billed"),
                    amount_ordered=SQL("ordered.amount"),
                    amount_free=SQL("ordered.free_amount"),
                    incoterm=SQL("term.code"),
                    carrier=SQL("ordered.carrier"),
                ),
                line=SQL("charged.line_id"),
                amount=SQL("judged.effect"),
            ),
        )

    @api.model
    def _freight_lines_sql(self):
        """Return all lines that bill or credit delivery costs of orders.

        Lines without an order line belong to the order of the document, if it has one.
        Differences in price that corrections credit have no order line either.
        """
        return SQL(
            """SELECT billed.line_id, billed.move_id, billed.order_id,
                      SIGN(billed.quantity) * ABS(billed.price_subtotal)::numeric
                          AS amount
                 FROM %(table)s AS billed
                 JOIN sale_order_line AS sold ON sold.id = billed.order_line_id
                WHERE sold.is_delivery AND billed.order_count = 1
                UNION ALL
               SELECT line.id, line.move_id, document.order_id,
                      CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                          * line.price_subtotal
                 FROM (SELECT move_id, MIN(order_id) AS order_id FROM %(table)s
                        GROUP BY move_id HAVING COUNT(DISTINCT order_id) = 1)
                      AS document
                 JOIN account_move_line AS line ON line.move_id = document.move_id
                  AND line.display_type = 'product'
                 JOIN account_move AS move ON move.id = line.move_id
                WHERE line.product_id IN (SELECT product_id FROM delivery_carrier)
                  AND NOT EXISTS (SELECT 1 FROM sale_order_line_invoice_rel AS rel
                                   WHERE rel.invoice_line_id = line.id)
                  AND line.corrected_line_id IS NULL
                UNION ALL
               SELECT note.id, note.move_id, billed.order_id,
                      CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                          * note.price_subtotal
                 FROM %(table)s AS billed
                 JOIN sale_order_line AS sold ON sold.id = billed.order_line_id
                 JOIN account_move_line AS note
                   ON note.corrected_line_id = billed.line_id
                 JOIN account_move AS move ON move.id = note.move_id
                WHERE sold.is_delivery AND move.state = 'posted'
                  AND note.corrected_part = 'price'""",
            table=ORDER_LINES,
        )

    @api.model
    def _charged_sql(self, books):
        """Return the checked lines that charge delivery costs."""
        return SQL(
            """SELECT freight.*, move.invoice_date,
                      move.invoice_incoterm_id AS incoterm_id,
                      move.invoice_currency_rate AS rate
                 FROM freight
                 JOIN account_move AS move ON move.id = freight.move_id
                WHERE freight.amount > 0 AND freight.move_id IN %s""",
            books.documents(BILLING),
        )

    @api.model
    def _freight_orders_sql(self):
        """Return the delivery costs that orders have, and whether they are free.

        Carriers whose real costs are billed agree no amount.
        """
        return SQL(
            """SELECT ordering.id AS order_id, ordering.name,
                      COALESCE(freight.amount, 0) AS amount,
                      freight.order_id IS NOT NULL AS has_line,
                      carrier.amount::numeric AS free_amount,
                      COALESCE(carrier.name->>%(lang)s, carrier.name->>'en_US')
                          AS carrier,
                      COALESCE(carrier.free_over AND ordering.amount_total
                          - COALESCE(freight.total, 0)
                          >= carrier.amount::numeric * COALESCE(NULLIF(
                              ordering.currency_rate, 0), 1)::numeric, FALSE) AS is_free
                 FROM sale_order AS ordering
                 LEFT JOIN delivery_carrier AS carrier
                   ON carrier.id = ordering.carrier_id
                 LEFT JOIN (
                    SELECT order_id, SUM(price_subtotal) AS amount,
                           SUM(price_total) AS total
                      FROM sale_order_line WHERE is_delivery GROUP BY order_id)
                      AS freight ON freight.order_id = ordering.id
                WHERE COALESCE(carrier.invoice_policy, '') <> 'real'""",
            lang=self.env.lang or "en_US",
        )

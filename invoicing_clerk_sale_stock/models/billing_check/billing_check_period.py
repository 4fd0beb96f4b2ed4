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

from .order_balance import BALANCES
from .shipment import Shipments

SHIPPED_DAYS = SQL.identifier("clerk_shipped_day")


class ClerkBillingCheck(models.Model):
    """PERIOD: the dates of invoices against the deliveries that they bill.

    Deliveries of an order line are billed in their order: the first invoice bills the
    goods that were shipped first. What is billed by order may be billed before.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "billed_early": Reason(
                self.env._("Billed Before Delivery"),
                self.env._(
                    "“%(label)s” of %(order_name)s was billed on %(date_invoice)s and "
                    "delivered on %(date_first)s."
                ),
                self.env._("%(date_first)s"),
                self.env._("%(date_invoice)s"),
            ),
            "billed_late": Reason(
                self.env._("Billed in a Later Month"),
                self.env._(
                    "Everything billed on %(date_invoice)s was delivered by "
                    "%(date_last)s, in an earlier month."
                ),
                self.env._("%(date_last)s"),
                self.env._("%(date_invoice)s"),
            ),
            "delivery_date": Reason(
                self.env._("Wrong Delivery Date"),
                self.env._(
                    "The delivery date is %(date_printed)s. What is billed was "
                    "delivered from %(date_first)s to %(date_last)s."
                ),
                self.env._("%(date_first)s"),
                self.env._("%(date_printed)s"),
            ),
        }

    def _find_period(self, books):
        """Find invoices of another period than the deliveries that they bill.

        The delivery date of an invoice is that of the first delivery of its order, so
        that those of later deliveries have a wrong one. Another month matters.
        """
        self._build_shipped_days(books)
        return SQL(
            """WITH billed AS MATERIALIZED (%(billed)s),
            document AS (
                SELECT move_id, MIN(day) AS first_day, MAX(day) AS last_day,
                       MIN(invoice_date) AS invoice_date,
                       MIN(delivery_date) AS delivery_date
                  FROM billed GROUP BY move_id)
            %(early)s UNION ALL %(late)s UNION ALL %(printed)s""",
            billed=self._billed_days_sql(books),
            early=self._early_sql(),
            late=self._late_sql(books),
            printed=self._printed_sql(),
        )

    @api.model
    def _early_sql(self):
        return SQL(
            """(SELECT %s FROM billed
                 GROUP BY move_id, line_id HAVING MIN(day) > MIN(invoice_date))""",
            found_columns(
                "billed_early",
                SQL("move_id"),
                facts(
                    label=SQL("MIN(label)"),
                    order_name=SQL("MIN(order_name)"),
                    date_invoice=SQL("MIN(invoice_date)"),
                    date_first=SQL("MIN(day)"),
                ),
                line=SQL("line_id"),
            ),
        )

    @api.model
    def _late_sql(self, books):
        return SQL(
            """SELECT %s FROM document
                WHERE DATE_TRUNC('month', last_day) < DATE_TRUNC('month', invoice_date)
                  AND invoice_date > last_day + %s""",
            found_columns(
                "billed_late",
                SQL("move_id"),
                facts(
                    date_invoice=SQL("invoice_date"),
                    date_last=SQL("last_day"),
                ),
            ),
            books.days,
        )

    @api.model
    def _printed_sql(self):
        month = SQL("DATE_TRUNC('month', delivery_date)")
        return SQL(
            """SELECT %s FROM document
                WHERE %s < DATE_TRUNC('month', first_day)
                   OR (%s > DATE_TRUNC('month', last_day)
                       AND delivery_date <= invoice_date)""",
            found_columns(
                "delivery_date",
                SQL("move_id"),
                facts(
                    date_printed=SQL("delivery_date"),
                    date_first=SQL("first_day"),
                    date_last=SQL("last_day"),
                ),
            ),
            month,
            month,
        )

    def _build_shipped_days(self, books):
        """Build a table of what was shipped of each order line, day by day.

        Without the statistics of a table, PostgreSQL compares each invoice line with
        each shipment: 7 seconds for 1,000 invoices.
        """
        lines = SQL("(SELECT order_line_id FROM %s)", ORDER_LINES)
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", SHIPPED_DAYS))
        self.env.cr.execute(
            SQL(
                """CREATE TEMPORARY TABLE %(table)s ON COMMIT DROP AS
                SELECT move.line_id AS order_line_id, move.day,
                       SUM(move.quantity) OVER running AS upto,
                       SUM(move.quantity) OVER running - move.quantity AS after
                  FROM (%(moves)s) AS move WHERE move.is_out AND move.is_own
                WINDOW running AS (PARTITION BY move.line_id ORDER BY move.day, move.id)
                """,
                table=SHIPPED_DAYS,
                moves=Shipments(lines, books.company.partner_id.tz or "UTC").moves(),
            )
        )
        self.env.cr.execute(SQL("ANALYZE %s", SHIPPED_DAYS))

    @api.model
    def _billed_days_sql(self, books):
        """Return invoice lines with each day on which goods of theirs were shipped."""
        return SQL(
            """WITH bill AS (
                SELECT line.*, move.invoice_date, move.delivery_date,
                       SUM(line.quantity) OVER running AS upto,
                       SUM(line.quantity) OVER running - line.quantity AS after
                  FROM %(lines)s AS line
                  JOIN account_move AS move ON move.id = line.move_id
                 WHERE line.order_count = 1 AND line.quantity > 0
                   AND NOT line.is_amendment AND move.payment_state <> 'reversed'
                WINDOW running AS (PARTITION BY line.order_line_id
                    ORDER BY move.invoice_date NULLS LAST, line.line_id))
            SELECT bill.move_id, bill.line_id, bill.label, bill.order_name,
                   shipment.day, COALESCE(bill.invoice_date, %(today)s) AS invoice_date,
                   bill.delivery_date
              FROM bill
              JOIN %(shipments)s AS shipment
                ON shipment.order_line_id = bill.order_line_id
               AND shipment.after < bill.upto AND bill.after < shipment.upto
              JOIN %(balances)s AS balance
                ON balance.order_line_id = bill.order_line_id AND balance.by_delivery
             WHERE bill.move_id IN %(documents)s""",
            lines=ORDER_LINES,
            shipments=SHIPPED_DAYS,
            today=books.today,
            balances=BALANCES,
            documents=books.documents(BILLING),
        )

from odoo import api, models
from odoo.tools import SQL

from ...rules.key_figure import key_figure as rules
from ...rules.promise.promise import JUDGED_STATES
from ..billing_check.billing_check_document import IS_DETACHED
from ..mixin.local_time import local_day_sql
from .key_figure_compute import periods_sql


class ClerkKeyFigure(models.Model):
    """Reads sales, billing errors, sending, promises and matches by month."""

    _inherit = "clerk.key.figure"

    @api.model
    def _read_rows(self, periods, query):
        """Return the numbers of a query by its columns company_id and first."""
        rows = self.env.execute_query_dict(
            SQL("WITH period AS %s %s", periods_sql(periods), query)
        )
        return {
            (row.pop("company_id"), row.pop("first")): {
                name: number if number is None else float(number)
                for name, number in row.items()
            }
            for row in rows
        }

    @api.model
    def _read_billing(self, periods):
        """Return invoices and credit notes in company currency, taxes included.

        ``history`` has sales and days of the month and those before.
        """
        rows = self._read_rows(periods, self._billing_sql(periods))
        return {period.key: self._billing_of(period, rows) for period in periods}

    @api.model
    def _billing_sql(self, periods):
        return SQL(
            """SELECT company_id, DATE_TRUNC('month', date)::date AS first,
                      COALESCE(SUM(amount_total_signed)
                          FILTER (WHERE move_type <> 'out_refund'), 0) AS invoiced,
                      COALESCE(-SUM(amount_total_signed)
                          FILTER (WHERE move_type = 'out_refund'), 0) AS credited,
                      SUM(amount_total_signed) AS sales
                 FROM account_move
                WHERE state = 'posted'
                  AND move_type IN ('out_invoice', 'out_receipt', 'out_refund')
                  AND company_id IN (SELECT company_id FROM period)
                  AND date BETWEEN %s AND %s
                GROUP BY 1, 2""",
            rules.shift(min(each.first for each in periods), 1 - rules.SALES_MONTHS),
            max(each.until for each in periods),
        )

    @api.model
    def _billing_of(self, period, rows):
        """Return the inputs of one month.

        :param rows: those of all months
        """
        history = [(rows.get(period.key, {}).get("sales", 0.0), period.days)]
        for back in range(1, rules.SALES_MONTHS):
            first = rules.shift(period.first, -back)
            sales = rows.get((period.company, first), {}).get("sales", 0.0)
            history.append((sales, rules.last_day(first).day))
        nothing = {"invoiced": 0.0, "credited": 0.0, "sales": 0.0}
        return {**nothing, **rows.get(period.key, {}), "history": history}

    @api.model
    def _read_error(self, periods):
        """Return the median of days to resolve, of billing errors closed in a month.

        Cancelled ones do not count, as in *Billing Error Analysis*.
        """
        return self._read_rows(
            periods,
            SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS cases,
                          PERCENTILE_CONT(0.5) WITHIN GROUP (
                              ORDER BY error.days_to_resolve) AS median_days
                     FROM period
                     JOIN clerk_billing_error AS error
                       ON error.company_id = period.company_id
                      AND %s BETWEEN period.first AND period.until
                    WHERE error.state IN ('resolved', 'rejected')
                    GROUP BY 1, 2""",
                local_day_sql(SQL("error.date_closed"), SQL("period.zone")),
            ),
        )

    @api.model
    def _read_issue(self, periods):
        """Return invoices by invoice date: those with an error of ours, and those sent.

        Documents of corrections are no new invoices. An invoice is sent when its PDF is
        made for sending the first time: Odoo keeps no other day. One that is not sent
        counts the days until it could have been, ``SENDING_DAYS`` after the month.
        """
        return self._read_rows(
            periods,
            SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS issued,
                          COUNT(*) FILTER (WHERE %s) AS wrong,
                          COUNT(*) FILTER (WHERE sending.day <= seen.day) AS sent,
                          COUNT(*) FILTER (WHERE sending.day > seen.day) AS unsent,
                          SUM(GREATEST(0, LEAST(sending.day, seen.day)
                                          - move.invoice_date))
                              FILTER (WHERE sending.day IS NOT NULL) AS sent_days
                     FROM period
                     JOIN account_move AS move ON move.company_id = period.company_id
                      AND move.invoice_date BETWEEN period.first AND period.until
                    CROSS JOIN LATERAL (%s) AS sending
                    CROSS JOIN LATERAL (
                        SELECT LEAST(period.until + %s, period.today) AS day) AS seen
                    WHERE move.state = 'posted' AND move.move_type = 'out_invoice'
                      AND move.correction_id IS NULL
                    GROUP BY 1, 2""",
                self._is_wrong_sql(),
                self._sending_sql(),
                rules.SENDING_DAYS,
            ),
        )

    @api.model
    def _sending_sql(self):
        """Return the day on which an invoice ``move`` was sent.

        Infinity if it was not; nothing where it was sent without a PDF.
        """
        return SQL(
            """SELECT CASE WHEN COALESCE(move.is_move_sent, FALSE) THEN MIN(%s)
                           ELSE 'infinity' END AS day
                 FROM ir_attachment AS file
                WHERE file.res_model = 'account.move' AND file.res_id = move.id
                  AND (file.res_field = 'invoice_pdf_report_file' OR %s)""",
            local_day_sql(SQL("file.create_date"), SQL("period.zone")),
            IS_DETACHED,
        )

    @api.model
    def _is_wrong_sql(self):
        """Return whether an invoice ``move`` has an error of ours, reported in time."""
        return SQL(
            """EXISTS (
                SELECT 1 FROM clerk_billing_error_move_rel AS rel
                  JOIN clerk_billing_error AS error ON error.id = rel.error_id
                 WHERE rel.move_id = move.id AND error.own_error
                   AND error.state NOT IN ('rejected', 'cancelled')
                   AND %s <= move.invoice_date + %s)""",
            local_day_sql(SQL("error.date_opened"), SQL("period.zone")),
            rules.ERROR_DAYS,
        )

    @api.model
    def _read_promise(self, periods):
        """Return judged promises by deadline, with amounts in company currency.

        More than was promised makes up for no other promise.
        """
        return self._read_rows(
            periods,
            SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS judged,
                          COUNT(*) FILTER (WHERE promise.state = 'kept') AS kept,
                          SUM(money.balance_due) AS promised,
                          SUM(LEAST(money.balance_received, money.balance_due))
                              AS received
                     FROM period
                     JOIN clerk_promise AS promise
                       ON promise.company_id = period.company_id
                      AND promise.deadline BETWEEN period.first AND period.until
                     JOIN %s AS money ON money.id = promise.id
                    WHERE promise.state IN %s
                    GROUP BY 1, 2""",
                self.env["clerk.promise.report"]._table_sql,
                JUDGED_STATES,
            ),
        )

    @api.model
    def _read_payment(self, periods):
        """Return the customer payments of a month, and those applied automatically."""
        return self._read_rows(
            periods,
            SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS payments,
                          COUNT(*) FILTER (WHERE EXISTS (
                              SELECT 1 FROM clerk_receipt_match AS match
                               WHERE match.item_id = item.id AND match.was_automatic
                                 AND match.state = 'applied')) AS automatic
                     FROM period
                     JOIN account_move_line AS item
                       ON item.company_id = period.company_id
                      AND item.date BETWEEN period.first AND period.until
                     JOIN account_account AS account ON account.id = item.account_id
                    WHERE item.parent_state = 'posted' AND item.balance < 0
                      AND account.account_type = 'asset_receivable'
                      AND (item.payment_id IS NOT NULL
                           OR item.statement_line_id IS NOT NULL)
                    GROUP BY 1, 2"""
            ),
        )

    @api.model
    def _read_match(self, periods):
        """Return matches that were applied in a month, whether or not undone later."""
        return self._read_rows(
            periods,
            SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS applied,
                          COUNT(*) FILTER (WHERE match.state = 'undone') AS undone,
                          SUM(match.line_count) AS items,
                          SUM(match.automatic_line_count) AS automatic_items
                     FROM period
                     JOIN clerk_receipt_match AS match
                       ON match.company_id = period.company_id
                      AND %s BETWEEN period.first AND period.until
                    WHERE match.state IN ('applied', 'undone')
                    GROUP BY 1, 2""",
                local_day_sql(SQL("match.applied_on"), SQL("period.zone")),
            ),
        )

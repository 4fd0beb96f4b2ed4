from odoo import api, models
from odoo.tools import SQL

from ...rules.key_figure import key_figure as rules
from ...rules.promise.promise import JUDGED_STATES
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
                """SELECT period.company_id, period.first,
                          PERCENTILE_CONT(0.5) WITHIN GROUP (
                              ORDER BY error.days_to_resolve) AS median_days
                     FROM period
                     JOIN clerk_billing_error AS error
                       ON error.company_id = period.company_id
                      AND error.date_closed >= period.first
                      AND error.date_closed < period.until + 1
                    WHERE error.state IN ('resolved', 'rejected')
                    GROUP BY 1, 2"""
            ),
        )

    @api.model
    def _read_issue(self, periods):
        """Return invoices by invoice date: those with an error of ours, and those sent.

        Documents of corrections are no new invoices. An invoice is sent when its PDF is
        made for sending: Odoo keeps no other day.
        """
        return self._read_rows(
            periods,
            SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS issued,
                          COUNT(*) FILTER (WHERE %s) AS wrong,
                          COUNT(file.day) AS sent,
                          SUM(file.day - move.invoice_date) AS sent_days
                     FROM period
                     JOIN account_move AS move ON move.company_id = period.company_id
                      AND move.invoice_date BETWEEN period.first AND period.until
                     LEFT JOIN LATERAL (
                        SELECT MIN(sent.create_date)::date AS day
                          FROM ir_attachment AS sent
                         WHERE sent.res_model = 'account.move' AND sent.res_id = move.id
                           AND sent.res_field = 'invoice_pdf_report_file'
                           AND move.is_move_sent) AS file ON TRUE
                    WHERE move.state = 'posted' AND move.move_type = 'out_invoice'
                      AND move.correction_id IS NULL
                    GROUP BY 1, 2""",
                self._is_wrong_sql(),
            ),
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
                   AND error.date_opened < move.invoice_date + %s)""",
            rules.ERROR_DAYS + 1,
        )

    @api.model
    def _read_promise(self, periods):
        """Return judged promises by deadline, with amounts in company currency."""
        return self._read_rows(
            periods,
            SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS judged,
                          COUNT(*) FILTER (WHERE promise.state = 'kept') AS kept,
                          SUM(money.balance_due) AS promised,
                          SUM(money.balance_received) AS received
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
    def _read_match(self, periods):
        """Return the payments that were applied in a month, as *Match Rate* does."""
        return self._read_rows(
            periods,
            SQL(
                """SELECT period.company_id, period.first, COUNT(*) AS applied,
                          COUNT(*) FILTER (WHERE match.was_automatic) AS automatic,
                          COUNT(*) FILTER (WHERE match.state = 'undone') AS undone
                     FROM period
                     JOIN clerk_receipt_match AS match
                       ON match.company_id = period.company_id
                      AND match.applied_on >= period.first
                      AND match.applied_on < period.until + 1
                    WHERE match.state IN ('applied', 'undone')
                    GROUP BY 1, 2"""
            ),
        )

from odoo import api, models
from odoo.tools import SQL

from ..mixin.matching import counted_sql, uncounted_sql
from .key_figure_compute import periods_sql


class ClerkKeyFigure(models.Model):
    """Reads open receivables at the beginning and end of each month.

    They are those of *Aged Receivables* as of the day: residual amounts of today and
    what was reconciled later, or with entries that are not posted. Branches count for
    themselves.
    """

    _inherit = "clerk.key.figure"

    @api.model
    def _read_balance(self, periods):
        """Return open, undue and disputed receivables."""
        rows = self.env.execute_query(self._balance_sql(periods))
        names = ("opening", "receivables", "not_due", "disputed")
        return {
            (company, first): dict(zip(names, map(float, amounts), strict=True))
            for company, first, *amounts in rows
        }

    @api.model
    def _balance_sql(self, periods):
        return SQL(
            """WITH period AS %(periods)s,
            point AS (SELECT company_id, until AS day FROM period
                       UNION SELECT company_id, first - 1 FROM period),
            later AS MATERIALIZED (%(later)s), item AS MATERIALIZED (%(item)s),
            owed AS MATERIALIZED (%(owed)s), disputed AS (%(disputed)s),
            total AS (SELECT company_id, day, SUM(amount) AS amount,
                             SUM(amount) FILTER (WHERE amount > 0 AND due >= day)
                                 AS not_due
                        FROM owed GROUP BY company_id, day)
            SELECT period.company_id, period.first, COALESCE(opening.amount, 0),
                   COALESCE(closing.amount, 0), COALESCE(closing.not_due, 0),
                   ROUND(COALESCE(disputed.amount, 0), currency.decimal_places)
              FROM period
              JOIN res_company AS company ON company.id = period.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
              LEFT JOIN total AS opening ON opening.company_id = period.company_id
                                        AND opening.day = period.first - 1
              LEFT JOIN total AS closing ON closing.company_id = period.company_id
                                        AND closing.day = period.until
              LEFT JOIN disputed ON disputed.company_id = period.company_id
                                AND disputed.day = period.until""",
            periods=periods_sql(periods),
            later=self._later_sql(min(period.first for period in periods)),
            item=self._item_sql(),
            owed=self._owed_sql(),
            disputed=self._disputed_sql(),
        )

    @api.model
    def _later_sql(self, first):
        """Return rows (line_id, day, amount): what to add to residual amounts before a
        day. Reconciliations with entries that are not posted never count."""
        return SQL(
            """SELECT side.line_id, part.day, SUM(side.amount) AS amount
                 FROM (SELECT debit_move_id, credit_move_id, amount, max_date AS day
                         FROM %s AS part WHERE max_date >= %s
                        UNION ALL
                       SELECT debit_move_id, credit_move_id, amount, 'infinity'::date
                         FROM %s AS part) AS part
                CROSS JOIN LATERAL (VALUES (part.debit_move_id, part.amount),
                    (part.credit_move_id, -part.amount)) AS side (line_id, amount)
                GROUP BY side.line_id, part.day""",
            counted_sql(),
            first,
            uncounted_sql(),
        )

    @api.model
    def _item_sql(self):
        """Return the receivables that are unsettled now, or were so on some day."""
        columns = SQL(
            """line.id, line.move_id, line.company_id, line.date,
               COALESCE(line.date_maturity, line.date) AS due,
               line.amount_residual AS residual"""
        )
        receivable = SQL(
            """JOIN account_account AS account ON account.id = line.account_id
                AND account.account_type = 'asset_receivable'"""
        )
        return SQL(
            """SELECT %(columns)s FROM account_move_line AS line %(receivable)s
                WHERE line.parent_state = 'posted' AND line.reconciled IS NOT TRUE
                  AND line.company_id IN (SELECT company_id FROM period)
               UNION ALL
               SELECT %(columns)s
                 FROM (SELECT DISTINCT line_id FROM later) AS settled
                 JOIN account_move_line AS line ON line.id = settled.line_id
                  %(receivable)s
                WHERE line.parent_state = 'posted' AND line.reconciled
                  AND line.company_id IN (SELECT company_id FROM period)""",
            columns=columns,
            receivable=receivable,
        )

    @api.model
    def _owed_sql(self):
        """Return rows (company_id, day, id, move_id, due, amount) of open items."""
        return SQL(
            """SELECT point.company_id, point.day, item.id, item.move_id, item.due,
                      item.residual + COALESCE(SUM(later.amount), 0) AS amount
                 FROM point
                 JOIN item ON item.company_id = point.company_id
                          AND item.date <= point.day
                 LEFT JOIN later ON later.line_id = item.id AND later.day > point.day
                GROUP BY point.company_id, point.day, item.id, item.move_id, item.due,
                      item.residual
               HAVING item.residual + COALESCE(SUM(later.amount), 0) <> 0"""
        )

    @api.model
    def _disputed_sql(self):
        """Return the claims of billing errors that were open on a day, up to what was
        open on each invoice."""
        return SQL(
            """SELECT company_id, day, SUM(LEAST(claim.amount, open.amount)) AS amount
                 FROM (SELECT point.company_id, point.day, line.move_id,
                              SUM(line.disputed_amount
                                  / move.invoice_currency_rate::numeric) AS amount
                         FROM point
                         JOIN clerk_billing_error AS error
                           ON error.company_id = point.company_id
                          AND error.date_opened < point.day + 1
                          AND (error.date_closed IS NULL
                               OR error.date_closed >= point.day + 1)
                         JOIN clerk_billing_error_line AS line
                           ON line.error_id = error.id
                         JOIN account_move AS move ON move.id = line.move_id
                          AND move.invoice_currency_rate > 0
                        GROUP BY point.company_id, point.day, line.move_id) AS claim
                 JOIN (SELECT company_id, day, move_id, SUM(amount) AS amount
                         FROM owed GROUP BY company_id, day, move_id) AS open
                USING (company_id, day, move_id)
                WHERE claim.amount > 0 AND open.amount > 0
                GROUP BY company_id, day"""
        )

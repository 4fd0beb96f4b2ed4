from odoo import api, models
from odoo.tools import SQL

from ..mixin.local_time import local_day_sql
from ..mixin.matching import counted_sql, uncounted_sql
from ..receivable.open_item import disputed_sql
from .key_figure_compute import periods_sql


class ClerkKeyFigure(models.Model):
    """Reads open receivables at the beginning and end of each month.

    They are those of *Aged Receivables* as of the day: residual amounts of today and
    what was reconciled later, or with entries that are not posted. Branches count for
    themselves.

    Unapplied payments and credits of a customer reduce what is overdue first, and what
    is not yet due after that, so that no more is undue than receivable.
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
            point AS (SELECT company_id, until AS day, zone FROM period
                       UNION SELECT company_id, first - 1, zone FROM period),
            later AS MATERIALIZED (%(later)s),
            unsettled AS MATERIALIZED (%(unsettled)s),
            item AS MATERIALIZED (%(item)s), disputed AS MATERIALIZED (%(disputed)s),
            customer AS (SELECT company_id, day, customer, SUM(amount) AS amount,
                                SUM(amount) FILTER (WHERE open > 0 AND due >= day)
                                    AS undue
                           FROM item GROUP BY company_id, day, customer),
            total AS (SELECT company_id, day, SUM(amount) AS amount,
                             SUM(LEAST(amount, COALESCE(undue, 0))) AS not_due
                        FROM customer GROUP BY company_id, day)
            SELECT period.company_id, period.first, COALESCE(opening.amount, 0),
                   COALESCE(closing.amount, 0), COALESCE(closing.not_due, 0),
                   (SELECT COALESCE(SUM(ROUND(item.amount * disputed.amount / item.open,
                               currency.decimal_places)), 0)
                      FROM disputed
                      JOIN item ON item.id = disputed.line_id
                               AND item.day = disputed.day
                     WHERE item.company_id = period.company_id
                       AND item.day = period.until)
              FROM period
              JOIN res_company AS company ON company.id = period.company_id
              JOIN res_currency AS currency ON currency.id = company.currency_id
              LEFT JOIN total AS opening ON opening.company_id = period.company_id
                                        AND opening.day = period.first - 1
              LEFT JOIN total AS closing ON closing.company_id = period.company_id
                                        AND closing.day = period.until""",
            periods=periods_sql(periods),
            later=self._later_sql(min(period.first for period in periods)),
            unsettled=self._unsettled_sql(),
            item=self._item_sql(),
            disputed=disputed_sql(self._claims_sql(), by_day=True),
        )

    @api.model
    def _later_sql(self, first):
        """Return rows (line_id, day, amount, own): what to add to residual amounts
        before a day, in company currency and that of the item. Reconciliations with
        entries that are not posted never count."""
        columns = SQL(
            "debit_move_id, credit_move_id, amount, debit_amount_currency,"
            " credit_amount_currency"
        )
        return SQL(
            """SELECT side.line_id, part.day, SUM(side.amount) AS amount,
                      SUM(side.own) AS own
                 FROM (SELECT %(columns)s, max_date AS day
                         FROM %(counted)s AS part WHERE max_date >= %(first)s
                        UNION ALL
                       SELECT %(columns)s, 'infinity'::date
                         FROM %(uncounted)s AS part) AS part
                CROSS JOIN LATERAL (VALUES
                    (part.debit_move_id, part.amount, part.debit_amount_currency),
                    (part.credit_move_id, -part.amount, -part.credit_amount_currency)
                    ) AS side (line_id, amount, own)
                GROUP BY side.line_id, part.day""",
            columns=columns,
            counted=counted_sql(),
            first=first,
            uncounted=uncounted_sql(),
        )

    @api.model
    def _unsettled_sql(self):
        """Return the receivables that are unsettled now, or were so on some day."""
        columns = SQL(
            """line.id, line.move_id, line.company_id, line.date,
               COALESCE(line.date_maturity, line.date) AS due,
               partner.commercial_partner_id AS customer,
               line.amount_residual AS residual, line.amount_residual_currency AS own"""
        )
        receivable = SQL(
            """JOIN account_account AS account ON account.id = line.account_id
                AND account.account_type = 'asset_receivable'
               LEFT JOIN res_partner AS partner ON partner.id = line.partner_id"""
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
    def _item_sql(self):
        """Return what was open on a day, with ``open`` in the currency of the item.

        An item in a foreign currency may have nothing open, and an amount in company
        currency: an exchange difference that is posted later.
        """
        open_sql = SQL("unsettled.own + COALESCE(SUM(later.own), 0)")
        amount = SQL("unsettled.residual + COALESCE(SUM(later.amount), 0)")
        return SQL(
            """SELECT point.company_id, point.day, unsettled.id, unsettled.move_id,
                      unsettled.due, unsettled.customer, %(open)s AS open,
                      %(amount)s AS amount
                 FROM point
                 JOIN unsettled ON unsettled.company_id = point.company_id
                               AND unsettled.date <= point.day
                 LEFT JOIN later ON later.line_id = unsettled.id
                                AND later.day > point.day
                GROUP BY point.company_id, point.day, unsettled.id, unsettled.move_id,
                      unsettled.due, unsettled.customer, unsettled.own,
                      unsettled.residual
               HAVING %(open)s <> 0 OR %(amount)s <> 0""",
            open=open_sql,
            amount=amount,
        )

    @api.model
    def _claims_sql(self):
        """Return rows (day, move_id, amount): what billing errors claimed on a day."""
        return SQL(
            """SELECT point.day, line.move_id, SUM(line.disputed_amount) AS amount
                 FROM point
                 JOIN clerk_billing_error AS error
                   ON error.company_id = point.company_id
                  AND %s <= point.day
                  AND (error.date_closed IS NULL OR %s > point.day)
                 JOIN clerk_billing_error_line AS line ON line.error_id = error.id
                WHERE line.move_id IS NOT NULL
                GROUP BY point.day, line.move_id""",
            local_day_sql(SQL("error.date_opened"), SQL("point.zone")),
            local_day_sql(SQL("error.date_closed"), SQL("point.zone")),
        )

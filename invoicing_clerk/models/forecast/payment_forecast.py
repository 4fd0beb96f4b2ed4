from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.forecast.forecast import BASES, LEAST
from ..mixin.gate import only_one
from ..mixin.matching import added_back_sql
from ..receivable.open_item import disputed_sql, promised_parts_sql


class ClerkPaymentForecast(models.Model):
    """Open items by the date on which they are expected to be paid.

    `rules.forecast.forecast` defines the date. Each promised part of an item is a row.
    Amounts are in company currency. What is disputed of an item is not expected, nor
    what unapplied payments and credit notes of the customer cover.
    """

    _name = "clerk.payment.forecast"
    _description = "Payment Forecast"
    _auto = False
    _order = "date, date_due, id"
    _rec_name = "move_id"

    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    date_due = fields.Date(string="Due", readonly=True)
    date = fields.Date(
        string="Expected",
        readonly=True,
        help="Empty if the item is disputed, or later than usual.",
    )
    date_low = fields.Date(
        string="Usually From", readonly=True, help="1 of 10 is paid earlier."
    )
    date_high = fields.Date(
        string="Usually To", readonly=True, help="1 of 10 is paid later."
    )
    basis = fields.Selection(BASES, string="Expected By", readonly=True)
    amount = fields.Monetary(string="Open", readonly=True)
    disputed = fields.Monetary(readonly=True)
    unapplied = fields.Monetary(
        string="Unapplied Credits",
        readonly=True,
        help="Unapplied payments and credit notes of the customer. They cover what is "
        "due first.",
    )
    expected = fields.Monetary(
        string="Expected Amount",
        readonly=True,
        help="The open amount less what is disputed and unapplied credits.",
    )

    _depends = {
        "account.move.line": [
            *("account_id", "partner_id", "company_id", "date", "date_maturity"),
            *("amount_residual", "amount_residual_currency", "parent_state"),
            *("currency_id", "move_id", "reconciled"),
        ],
        "clerk.billing.error": ["state"],
        "clerk.billing.error.line": ["move_id", "disputed_amount"],
        "clerk.payment.pattern": ["payment_count", "median", "low", "high"],
        "clerk.promise": ["amount_missing", "date", "plan_id", "state"],
        "clerk.promise.line": ["promise_id", "move_line_id", "is_active"],
        "res.partner": ["commercial_partner_id"],
    }

    @property
    def _table_query(self) -> SQL:
        # sudo: the companies of the rows, of which record rules show the reader's own.
        balances = self.env["clerk.receivable"].sudo()
        return SQL(
            """WITH company AS (%(companies)s),
            unposted AS MATERIALIZED (%(unposted)s),
            item AS MATERIALIZED (%(items)s),
            disputed AS MATERIALIZED (%(disputed)s),
            part AS MATERIALIZED (%(parts)s),
            promised AS (
                SELECT line_id, SUM(amount) AS own, SUM(balance) AS balance
                  FROM part GROUP BY line_id),
            credit AS (
                SELECT company_id, partner_id, -SUM(open_company) AS amount
                  FROM item WHERE open_company < 0 GROUP BY company_id, partner_id),
            owed AS (%(foreseen)s UNION ALL %(promises)s)
            SELECT *, amount - disputed - unapplied AS expected
              FROM (%(netted)s) AS netted""",
            companies=balances._companies_sql(),
            unposted=added_back_sql(),
            items=balances._items_sql(),
            disputed=disputed_sql(),
            parts=self._parts_sql(),
            foreseen=self._foreseen_sql(),
            promises=self._promises_sql(),
            netted=self._netted_sql(),
        )

    @api.model
    def _parts_sql(self):
        """Return what each open promise covers of an item, also in company currency.

        Rounded from the first part on, so that the parts of an item add up.
        """
        return SQL(
            """SELECT id, line_id, date, amount,
                    ROUND(running * rate.company / rate.own, places)
                    - ROUND((running - amount) * rate.company / rate.own, places)
                        AS balance
                 FROM (SELECT part.*, company.places, item.open AS own,
                            item.open_company AS company,
                            SUM(part.amount) OVER (
                                PARTITION BY line_id ORDER BY part.date, part.id
                            ) AS running
                          FROM (%s) AS part
                          JOIN item ON item.id = part.line_id
                          JOIN company ON company.id = item.company_id) AS rate""",
            promised_parts_sql(),
        )

    @api.model
    def _foreseen_sql(self):
        """Return open items less what is promised of them."""
        return SQL(
            """SELECT 2 * item.id::bigint AS id, item.move_id, item.partner_id,
                item.company_id, company.currency_id, item.due AS date_due,
                CASE WHEN expected.basis IN ('pattern', 'terms')
                    THEN item.due + usual.low END AS date_low,
                CASE WHEN expected.basis IN ('pattern', 'terms')
                    THEN item.due + usual.high END AS date_high,
                expected.basis, expected.date,
                rest.amount,
                CASE WHEN expected.basis = 'disputed' THEN rest.amount
                    ELSE ROUND(
                        COALESCE(disputed.amount, 0) * item.open_company / item.open,
                        company.places) END AS disputed
              FROM item
              JOIN company ON company.id = item.company_id
              LEFT JOIN clerk_payment_pattern AS own
                ON own.company_id = item.company_id
                AND own.partner_id = item.partner_id
              LEFT JOIN clerk_payment_pattern AS everybody
                ON everybody.company_id = item.company_id
                AND everybody.partner_id IS NULL
              LEFT JOIN disputed ON disputed.line_id = item.id
              LEFT JOIN promised ON promised.line_id = item.id
             CROSS JOIN LATERAL (SELECT COALESCE(own.median, 0) AS median,
                COALESCE(own.low, everybody.low, 0) AS low,
                COALESCE(own.high, everybody.high, 0) AS high) AS usual
             CROSS JOIN LATERAL (SELECT
                item.open_company - COALESCE(promised.balance, 0) AS amount,
                item.open - COALESCE(promised.own, 0) AS own) AS rest
             CROSS JOIN LATERAL (%(expected)s) AS expected
             WHERE item.open_company > 0 AND rest.amount > 0""",
            expected=self._expected_sql(),
        )

    @api.model
    def _promises_sql(self):
        """Return the promised parts of open items."""
        return SQL(
            """SELECT 2 * part.id::bigint + 1, item.move_id, item.partner_id,
                item.company_id, company.currency_id, item.due, NULL, NULL, 'promise',
                GREATEST(part.date, company.today), part.balance, 0
              FROM part
              JOIN item ON item.id = part.line_id
              JOIN company ON company.id = item.company_id"""
        )

    @api.model
    def _netted_sql(self):
        """Return what is owed; credits of the customer cover what is due first."""
        return SQL(
            """SELECT owed.*, GREATEST(0, LEAST(
                    owed.amount - owed.disputed,
                    COALESCE(credit.amount, 0) - SUM(owed.amount - owed.disputed) OVER (
                        PARTITION BY owed.company_id, owed.partner_id
                        ORDER BY owed.date_due, owed.id
                    ) + owed.amount - owed.disputed
                )) AS unapplied
              FROM owed
              LEFT JOIN credit ON credit.company_id = owed.company_id
                AND credit.partner_id = owed.partner_id"""
        )

    @api.model
    def _expected_sql(self):
        """Return `rules.forecast.forecast` of what is not promised as (basis, date)."""
        by = SQL(
            "CASE WHEN own.payment_count >= %s THEN 'pattern' ELSE 'terms' END", LEAST
        )
        return SQL(
            """SELECT CASE WHEN disputed.amount >= rest.own THEN 'disputed'
                    WHEN day IS NULL THEN 'late' ELSE %(by)s END AS basis,
                CASE WHEN disputed.amount >= rest.own THEN NULL ELSE day END AS date
              FROM (SELECT CASE
                    WHEN item.due + usual.median >= company.today
                        THEN item.due + usual.median
                    WHEN item.due + usual.high >= company.today
                        THEN item.due + usual.high END AS day) AS usually""",
            by=by,
        )

    def action_open_document(self):
        """Open the document of a row."""
        only_one(self)
        return self.move_id.get_formview_action()

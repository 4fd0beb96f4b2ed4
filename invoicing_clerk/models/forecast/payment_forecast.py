from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.forecast.forecast import BASES, LEAST
from ..mixin.gate import only_one
from ..mixin.matching import added_back_sql
from ..receivable.open_item import disputed_sql


class ClerkPaymentForecast(models.Model):
    """Open items by the date on which they are expected to be paid.

    `rules.forecast.forecast` defines the date. Amounts are in company currency; what
    is disputed of an item is not expected.
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
        string="Not Before", readonly=True, help="1 of 10 is paid earlier."
    )
    date_high = fields.Date(
        string="Not After", readonly=True, help="1 of 10 is paid later."
    )
    basis = fields.Selection(BASES, string="Expected By", readonly=True)
    amount = fields.Monetary(string="Open", readonly=True)
    disputed = fields.Monetary(readonly=True)
    expected = fields.Monetary(
        string="Expected Amount",
        readonly=True,
        help="The open amount less what is disputed.",
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
        "clerk.promise": ["date", "state"],
        "clerk.promise.line": ["move_line_id", "is_active"],
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
            promised AS MATERIALIZED (%(promised)s)
            SELECT *, amount - disputed AS expected FROM (%(foreseen)s) AS foreseen""",
            companies=balances._companies_sql(),
            unposted=added_back_sql(),
            items=balances._items_sql(),
            disputed=disputed_sql(),
            promised=self._promised_sql(),
            foreseen=self._foreseen_sql(),
        )

    @api.model
    def _promised_sql(self):
        return SQL(
            """SELECT line.move_line_id AS line_id, MIN(promise.date) AS date
                 FROM clerk_promise_line AS line
                 JOIN clerk_promise AS promise ON promise.id = line.promise_id
                WHERE line.is_active GROUP BY line.move_line_id"""
        )

    @api.model
    def _foreseen_sql(self):
        return SQL(
            """SELECT item.id, item.move_id, item.partner_id, item.company_id,
                company.currency_id, item.due AS date_due,
                item.due + usual.low AS date_low, item.due + usual.high AS date_high,
                expected.basis, expected.date,
                item.open_company AS amount,
                ROUND(COALESCE(disputed.amount, 0) * item.open_company / item.open,
                    company.places) AS disputed
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
             CROSS JOIN LATERAL (%(expected)s) AS expected
             WHERE item.open_company > 0""",
            expected=self._expected_sql(),
        )

    @api.model
    def _expected_sql(self):
        """Return `rules.forecast.forecast` of an item as (basis, date)."""
        by = SQL(
            "CASE WHEN own.payment_count >= %s THEN 'pattern' ELSE 'terms' END", LEAST
        )
        return SQL(
            """SELECT CASE WHEN disputed.amount >= item.open THEN 'disputed'
                    WHEN promised.date IS NOT NULL THEN 'promise'
                    WHEN day IS NULL THEN 'late' ELSE %(by)s END AS basis,
                CASE WHEN disputed.amount >= item.open THEN NULL
                    WHEN promised.date IS NOT NULL
                        THEN GREATEST(promised.date, company.today)
                    ELSE day END AS date
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

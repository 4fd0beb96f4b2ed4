from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.promise.promise import JUDGED_STATES, STATES
from ..mixin.gate import only_one


class ClerkPromiseReport(models.Model):
    """Promised, received and expected amounts by promise, in company currency.

    The expected amount is the outstanding one weighted by the reliability of the
    customer in that company. Rates are those of the promised invoices.
    """

    _name = "clerk.promise.report"
    _description = "Expected Cash"
    _auto = False
    _order = "date, id"

    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    state = fields.Selection(STATES, string="Status", readonly=True)
    date = fields.Date(string="Promised For", readonly=True)
    date_made = fields.Date(string="Promised On", readonly=True)
    level = fields.Integer(string="Previous Promises", readonly=True, aggregator="avg")
    reliability = fields.Float(readonly=True, aggregator="avg")
    balance_due = fields.Monetary(
        string="Promised", currency_field="company_currency_id", readonly=True
    )
    balance_received = fields.Monetary(
        string="Received", currency_field="company_currency_id", readonly=True
    )
    balance_missing = fields.Monetary(
        string="Outstanding", currency_field="company_currency_id", readonly=True
    )
    balance_expected = fields.Monetary(
        string="Expected",
        currency_field="company_currency_id",
        readonly=True,
        help="The outstanding amount, weighted by the reliability of the customer.",
    )

    _depends = {
        "clerk.promise": [
            "partner_id",
            "company_id",
            "user_id",
            "state",
            "date",
            "date_made",
            "level",
            "amount_due",
            "amount_received",
            "amount_missing",
        ],
        "clerk.promise.line": ["promise_id", "move_line_id"],
        "account.move.line": ["balance", "amount_currency"],
        "res.company": ["currency_id"],
        "res.currency": ["rounding"],
    }

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT
                promise.id,
                promise.partner_id,
                promise.company_id,
                company.currency_id AS company_currency_id,
                promise.user_id,
                promise.state,
                promise.date,
                promise.date_made,
                promise.level,
                history.reliability,
                %(due)s AS balance_due,
                %(received)s AS balance_received,
                %(missing)s AS balance_missing,
                %(expected)s AS balance_expected
            FROM clerk_promise promise
            JOIN res_company company ON company.id = promise.company_id
            JOIN res_currency currency ON currency.id = company.currency_id
            JOIN (%(history)s) history
                ON history.partner_id = promise.partner_id
                AND history.company_id = promise.company_id
            LEFT JOIN (%(rates)s) rate ON rate.promise_id = promise.id
            """,
            due=self._balance_sql(SQL("promise.amount_due")),
            received=self._balance_sql(SQL("promise.amount_received")),
            missing=self._balance_sql(SQL("promise.amount_missing")),
            expected=self._balance_sql(
                SQL("promise.amount_missing * history.reliability")
            ),
            history=self._history_sql(),
            rates=self._rates_sql(),
        )

    @api.model
    def _balance_sql(self, amount):
        return SQL(
            "ROUND(%s * COALESCE(rate.balance / NULLIF(rate.amount, 0), 1),"
            " currency.decimal_places)",
            amount,
        )

    @api.model
    def _history_sql(self):
        """Return ``rules.promise.reliability`` of each customer in each company."""
        return SQL(
            """
            SELECT
                partner_id,
                company_id,
                (COUNT(*) FILTER (WHERE state = 'kept') + 1.0)
                    / (COUNT(*) FILTER (WHERE state IN %s) + 2) AS reliability
            FROM clerk_promise
            GROUP BY partner_id, company_id
            """,
            JUDGED_STATES,
        )

    @api.model
    def _rates_sql(self):
        return SQL(
            """
            SELECT
                line.promise_id,
                SUM(item.balance) AS balance,
                SUM(item.amount_currency) AS amount
            FROM clerk_promise_line line
            JOIN account_move_line item ON item.id = line.move_line_id
            GROUP BY line.promise_id
            """
        )

    def action_open_promise(self):
        """Open the promise of a row."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "clerk.promise",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.id,
        }

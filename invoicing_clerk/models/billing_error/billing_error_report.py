from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.billing_error.billing_error import STATES, Settlement
from ..mixin.gate import only_one

SETTLEMENT_COLUMNS = {
    "amount_disputed": "disputed",
    "amount_credited": "credited",
    "amount_debited": "debited",
    "amount_written_off": "written_off",
    "amount_paid": "paid",
    "amount_residual": "residual",
    "amount_reconciled": "reconciled",
}


class ClerkBillingErrorReport(models.Model):
    """One row for each billing error, with its amounts as they are in the ledger.

    Pivot, graph and the amounts of the billing error read the same query. A document
    counts for a case by its links to the disputed invoices, followed through notes on
    notes but not beyond a rebill: errors of the new invoice are another case. Documents
    of another customer, company or currency do not count.
    """

    _name = "clerk.billing.error.report"
    _description = "Billing Error Analysis"
    _auto = False
    _order = "date_opened desc, id desc"

    name = fields.Char(string="Number", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    reason_id = fields.Many2one("clerk.billing.error.reason", readonly=True)
    cause_id = fields.Many2one(
        "clerk.billing.error.cause", string="Root Cause", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Processor", readonly=True)
    state = fields.Selection(STATES, string="Status", readonly=True)
    own_error = fields.Boolean(string="Our Own Error", readonly=True)
    date_opened = fields.Datetime(string="Opened", readonly=True)
    date_closed = fields.Datetime(string="Closed", readonly=True)
    deadline = fields.Date(readonly=True)
    days_to_resolve = fields.Float(
        string="Days to Resolve (Average)", readonly=True, aggregator="avg"
    )
    days_to_resolve_median = fields.Float(
        string="Days to Resolve (Median)",
        readonly=True,
        aggregator="avg",
        help="Half of the closed cases took less time. Unlike the average, the median "
        "is hardly affected by a few cases that took very long.",
    )
    amount_disputed = fields.Monetary("Disputed (Invoice Currency)", readonly=True)
    amount_credited = fields.Monetary("Credited (Invoice Currency)", readonly=True)
    amount_debited = fields.Monetary("Debited (Invoice Currency)", readonly=True)
    amount_written_off = fields.Monetary(
        "Written Off (Invoice Currency)", readonly=True
    )
    amount_paid = fields.Monetary("Paid Since (Invoice Currency)", readonly=True)
    amount_residual = fields.Monetary("Unpaid (Invoice Currency)", readonly=True)
    amount_reconciled = fields.Monetary(
        "Reconciled Since (Invoice Currency)", readonly=True
    )
    amount_open = fields.Monetary("Still Open (Invoice Currency)", readonly=True)
    balance_disputed = fields.Monetary(
        "Disputed", readonly=True, currency_field="company_currency_id"
    )
    balance_credited = fields.Monetary(
        "Credited", readonly=True, currency_field="company_currency_id"
    )
    balance_debited = fields.Monetary(
        "Debited", readonly=True, currency_field="company_currency_id"
    )
    balance_written_off = fields.Monetary(
        "Written Off", readonly=True, currency_field="company_currency_id"
    )
    balance_paid = fields.Monetary(
        "Paid Since", readonly=True, currency_field="company_currency_id"
    )
    balance_open = fields.Monetary(
        "Still Open",
        readonly=True,
        currency_field="company_currency_id",
        help="At the rates of the disputed invoices.",
    )

    _depends = {
        "clerk.billing.error": [
            "name",
            "company_id",
            "currency_id",
            "partner_id",
            "reason_id",
            "cause_id",
            "user_id",
            "state",
            "own_error",
            "date_opened",
            "date_closed",
            "deadline",
            "days_to_resolve",
            "amount_disputed",
            "move_ids",
        ],
        "clerk.billing.error.line": ["disputed_amount", "move_id", "error_id"],
        "account.move": [
            "state",
            "move_type",
            "amount_total",
            "amount_total_signed",
            "company_id",
            "currency_id",
            "commercial_partner_id",
            "invoice_currency_rate",
            "reversed_entry_id",
            "debit_origin_id",
        ],
        "account.move.line": [
            "account_id",
            "amount_currency",
            "amount_residual_currency",
            "balance",
            "currency_id",
            "display_type",
            "matching_number",
            "move_id",
            "parent_state",
        ],
        "account.partial.reconcile": [
            "amount",
            "credit_amount_currency",
            "credit_move_id",
            "debit_amount_currency",
            "debit_move_id",
        ],
        "account.account": ["account_type"],
        "res.company": ["currency_id"],
        "res.currency": ["decimal_places"],
    }

    @api.model
    def _settlements(self, error_ids):
        """Map the id of each case to its ``Settlement``, in one query."""
        if not error_ids:
            return {}
        names = list(SETTLEMENT_COLUMNS)
        query = self._search([("id", "in", error_ids)], order="id")
        columns = [self._field_to_sql(self._table, name, query) for name in names]
        rows = self.env.execute_query(
            query.select(self._field_to_sql(self._table, "id", query), *columns)
        )
        return {
            error_id: Settlement(
                **{
                    SETTLEMENT_COLUMNS[name]: float(amount)
                    for name, amount in zip(names, amounts, strict=True)
                }
            )
            for error_id, *amounts in rows
        }

    def _read_group_select(self, aggregate_spec, query):
        if aggregate_spec == "days_to_resolve_median:avg":
            days = self._field_to_sql(self._table, "days_to_resolve_median", query)
            return SQL("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %s)", days)
        return super()._read_group_select(aggregate_spec, query)

    def action_open_error(self):
        """Open the case of a row."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "res_model": "clerk.billing.error",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.id,
        }

from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.billing_error.billing_error import OPEN_STATES, STATES, Settlement


class ClerkBillingErrorReport(models.Model):
    """One row a case, with its money as the ledger has it at this moment.

    Pivot, graph and the amounts on the case itself all read this one query. What a
    document does for a case is decided by its links to the disputed invoices
    (``reversed_entry_id``, ``debit_origin_id``, ``corrected_move_id``), followed
    through notes on notes but not beyond a rebill: what is wrong with the new invoice
    is another case. Documents of another customer, company or currency do not count.
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
    state = fields.Selection(STATES, readonly=True)
    own_error = fields.Boolean(readonly=True)
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
        help="Half of the closed cases took less. One case that took a year does not "
        "move it, as it moves an average.",
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
        "Matched Since (Invoice Currency)", readonly=True
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
            "corrected_move_id",
            "correction_role",
        ],
        "account.move.line": [
            "account_id",
            "amount_currency",
            "amount_residual_currency",
            "balance",
            "currency_id",
            "display_type",
            "move_id",
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

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT
                cases.*,
                ROUND(
                    CASE WHEN cases.amount_disputed = 0 THEN 0
                    ELSE cases.amount_open * cases.balance_disputed
                        / cases.amount_disputed END,
                    cases.company_decimals
                ) AS balance_open
            FROM (SELECT amounts.*, %(open)s AS amount_open FROM (%(amounts)s) amounts
            ) cases
            """,
            open=self._open_sql(),
            amounts=self._amounts_sql(),
        )

    @api.model
    def _open_sql(self) -> SQL:
        """``rules.billing_error.Settlement.open``, for all open cases at once."""
        return SQL(
            """
            ROUND(CASE
                WHEN state NOT IN %s THEN 0
                WHEN amount_disputed < 0 THEN GREATEST(
                    amount_disputed,
                    LEAST(0, amount_disputed - amount_credited + amount_debited)
                )
                ELSE LEAST(amount_disputed, GREATEST(
                    0,
                    amount_disputed - amount_credited + amount_debited
                    - amount_written_off
                    - CASE WHEN amount_residual + amount_reconciled <= 0 THEN 0
                      ELSE GREATEST(0, amount_paid - GREATEST(
                        0, amount_residual + amount_reconciled - amount_disputed
                      )) END
                ))
            END, decimals)
            """,
            OPEN_STATES,
        )

    @api.model
    def _amounts_sql(self) -> SQL:
        return SQL(
            """
            SELECT
                error.id,
                error.name,
                error.company_id,
                error.currency_id,
                company.currency_id AS company_currency_id,
                error.partner_id,
                error.reason_id,
                error.cause_id,
                error.user_id,
                error.state,
                error.own_error,
                error.date_opened,
                error.date_closed,
                error.deadline,
                closed.days AS days_to_resolve,
                closed.days AS days_to_resolve_median,
                currency.decimal_places AS decimals,
                company_currency.decimal_places AS company_decimals,
                COALESCE(error.amount_disputed, 0) AS amount_disputed,
                COALESCE(claim.balance, 0) AS balance_disputed,
                COALESCE(document.credited, 0) AS amount_credited,
                COALESCE(document.credited_balance, 0) AS balance_credited,
                COALESCE(document.debited, 0) AS amount_debited,
                COALESCE(document.debited_balance, 0) AS balance_debited,
                COALESCE(write_off.amount, 0) AS amount_written_off,
                COALESCE(write_off.balance, 0) AS balance_written_off,
                COALESCE(matched.paid, 0) AS amount_paid,
                COALESCE(matched.paid_balance, 0) AS balance_paid,
                COALESCE(matched.amount, 0) AS amount_reconciled,
                COALESCE(unpaid.residual, 0) AS amount_residual
            FROM clerk_billing_error error
            JOIN res_company company ON company.id = error.company_id
            JOIN res_currency currency ON currency.id = error.currency_id
            JOIN res_currency company_currency
                ON company_currency.id = company.currency_id
            LEFT JOIN LATERAL (%(closed)s) closed ON TRUE
            LEFT JOIN LATERAL (%(claim)s) claim ON TRUE
            LEFT JOIN LATERAL (%(document)s) document ON TRUE
            LEFT JOIN LATERAL (%(write_off)s) write_off ON TRUE
            LEFT JOIN LATERAL (%(unpaid)s) unpaid ON TRUE
            LEFT JOIN LATERAL (%(matched)s) matched ON TRUE
            """,
            closed=SQL(
                "SELECT error.days_to_resolve AS days "
                "WHERE error.state IN ('resolved', 'rejected')"
            ),
            claim=self._claim_sql(),
            document=self._document_sql(),
            write_off=self._write_off_sql(),
            unpaid=self._unpaid_sql(),
            matched=self._matched_sql(),
        )

    @api.model
    def _claim_sql(self) -> SQL:
        """The claim in company currency, at the rate of each disputed invoice."""
        return SQL(
            """
            SELECT ROUND(
                SUM(line.disputed_amount / move.invoice_currency_rate)::numeric,
                company_currency.decimal_places
            ) AS balance
            FROM clerk_billing_error_line line
            JOIN account_move move ON move.id = line.move_id
            WHERE line.error_id = error.id AND move.invoice_currency_rate > 0
            """
        )

    @api.model
    def _document_sql(self) -> SQL:
        """Credit and debit notes that correct the disputed invoices, and notes on
        these notes."""
        return SQL(
            """
            WITH RECURSIVE correcting AS (
                SELECT rel.move_id AS id, NULL::varchar AS role, 0 AS depth
                FROM clerk_billing_error_move_rel rel
                WHERE rel.error_id = error.id
                UNION
                SELECT note.id, note.correction_role, 1
                FROM correcting
                CROSS JOIN LATERAL (
                    SELECT move.id, move.correction_role
                    FROM account_move move
                    WHERE move.reversed_entry_id = correcting.id
                    UNION
                    SELECT move.id, move.correction_role
                    FROM account_move move
                    WHERE move.debit_origin_id = correcting.id
                    UNION
                    SELECT move.id, move.correction_role
                    FROM account_move move
                    WHERE move.corrected_move_id = correcting.id
                ) note
                WHERE correcting.role IS DISTINCT FROM 'rebill'
            )
            SELECT
                ARRAY_AGG(move.id) AS move_ids,
                SUM(move.amount_total)
                    FILTER (WHERE move.move_type = 'out_refund') AS credited,
                SUM(ABS(move.amount_total_signed))
                    FILTER (WHERE move.move_type = 'out_refund') AS credited_balance,
                SUM(move.amount_total)
                    FILTER (WHERE move.move_type = 'out_invoice') AS debited,
                SUM(ABS(move.amount_total_signed))
                    FILTER (WHERE move.move_type = 'out_invoice') AS debited_balance
            FROM account_move move
            WHERE move.id IN (SELECT id FROM correcting WHERE depth = 1)
                AND move.state = 'posted'
                AND move.move_type IN ('out_invoice', 'out_refund')
                AND move.create_date >= error.date_opened
                AND move.company_id = error.company_id
                AND move.currency_id = error.currency_id
                AND move.commercial_partner_id = error.partner_id
            """
        )

    @api.model
    def _write_off_sql(self) -> SQL:
        return SQL(
            """
            SELECT
                -SUM(item.amount_currency) AS amount,
                -SUM(item.balance) AS balance
            FROM clerk_billing_error_move_rel rel
            JOIN account_move entry ON entry.corrected_move_id = rel.move_id
            JOIN account_move_line item ON item.move_id = entry.id
            JOIN account_account account ON account.id = item.account_id
            WHERE rel.error_id = error.id
                AND entry.correction_role = 'write_off'
                AND entry.state = 'posted'
                AND entry.create_date >= error.date_opened
                AND account.account_type = 'asset_receivable'
                AND item.currency_id = error.currency_id
            """
        )

    @api.model
    def _unpaid_sql(self) -> SQL:
        return SQL(
            """
            SELECT SUM(item.amount_residual_currency) AS residual
            FROM clerk_billing_error_move_rel rel
            JOIN account_move_line item ON item.move_id = rel.move_id
            WHERE rel.error_id = error.id AND item.display_type = 'payment_term'
            """
        )

    @api.model
    def _matched_sql(self) -> SQL:
        """What was matched with the disputed invoices since the case was opened, and
        which part of it is no correction of theirs."""
        return SQL(
            """
            SELECT
                SUM(match.amount) AS amount,
                SUM(match.amount) FILTER (WHERE %(is_payment)s) AS paid,
                SUM(match.balance) FILTER (WHERE %(is_payment)s) AS paid_balance
            FROM (%(matches)s) match
            JOIN account_move_line counterpart ON counterpart.id = match.other_id
            JOIN account_move other ON other.id = counterpart.move_id
            """,
            matches=self._matches_sql(),
            is_payment=SQL(
                """
                other.correction_role IS DISTINCT FROM 'write_off'
                AND (document.move_ids IS NULL OR other.id <> ALL (document.move_ids))
                """
            ),
        )

    @api.model
    def _matches_sql(self) -> SQL:
        items = SQL(
            """
            FROM clerk_billing_error_move_rel rel
            JOIN account_move_line item ON item.move_id = rel.move_id
            """
        )
        filters = SQL(
            """
            WHERE rel.error_id = error.id
                AND item.display_type = 'payment_term'
                AND partial.create_date >= error.date_opened
            """
        )
        return SQL(
            """
            SELECT
                partial.debit_amount_currency AS amount,
                partial.amount AS balance,
                partial.credit_move_id AS other_id
            %(items)s
            JOIN account_partial_reconcile partial ON partial.debit_move_id = item.id
            %(filters)s
            UNION ALL
            SELECT
                -partial.credit_amount_currency,
                -partial.amount,
                partial.debit_move_id
            %(items)s
            JOIN account_partial_reconcile partial ON partial.credit_move_id = item.id
            %(filters)s
            """,
            items=items,
            filters=filters,
        )

    @api.model
    def _settlements(self, error_ids):
        """Map case id -> ``Settlement``, in one query for any number of cases."""
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
        """From a row of the analysis to its case."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "clerk.billing.error",
            "view_mode": "form",
            "views": [(False, "form")],
            "res_id": self.id,
        }


SETTLEMENT_COLUMNS = {
    "amount_disputed": "disputed",
    "amount_credited": "credited",
    "amount_debited": "debited",
    "amount_written_off": "written_off",
    "amount_paid": "paid",
    "amount_residual": "residual",
    "amount_reconciled": "reconciled",
}

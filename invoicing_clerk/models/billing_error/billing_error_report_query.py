from odoo import api, models
from odoo.tools import SQL

from ...rules.billing_error.billing_error import OPEN_STATES
from ..mixin.matching import added_back_sql, counted_sql


class ClerkBillingErrorReport(models.Model):
    """The query that computes the amounts of billing errors from the ledger."""

    _inherit = "clerk.billing.error.report"

    # Columns by which a document names the document that it amends.
    _note_links = ("reversed_entry_id", "debit_origin_id")

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
        """Return ``rules.billing_error.Settlement.open`` as SQL."""
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
            SELECT %(case_columns)s, %(amount_columns)s
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
            case_columns=self._case_columns_sql(),
            amount_columns=self._amount_columns_sql(),
            closed=self._closed_sql(),
            claim=self._claim_sql(),
            document=self._document_sql(),
            write_off=self._write_off_sql(),
            unpaid=self._unpaid_sql(),
            matched=self._matched_sql(),
        )

    @api.model
    def _case_columns_sql(self) -> SQL:
        return SQL(
            """
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
            company_currency.decimal_places AS company_decimals
            """
        )

    @api.model
    def _amount_columns_sql(self) -> SQL:
        return SQL(
            """
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
            """
        )

    @api.model
    def _closed_sql(self) -> SQL:
        """Select the days that a closed case took; cancelled cases do not count."""
        return SQL(
            """
            SELECT error.days_to_resolve AS days
            WHERE error.state IN ('resolved', 'rejected')
            """
        )

    @api.model
    def _claim_sql(self) -> SQL:
        """Convert the claim to company currency at the rates of the invoices."""
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
        """Total the notes on the disputed invoices, and on these notes."""
        return SQL(
            """
            %(correcting)s
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
            """,
            correcting=self._correcting_sql(),
        )

    @api.model
    def _correcting_sql(self) -> SQL:
        """Follow the links from each disputed invoice to its notes, but no further
        than a replacement of the invoice."""
        return SQL(
            """
            WITH RECURSIVE correcting AS (
                SELECT rel.move_id AS id, FALSE AS is_replacement, 0 AS depth
                FROM clerk_billing_error_move_rel rel
                WHERE rel.error_id = error.id
                UNION
                SELECT note.id, note.is_replacement, 1
                FROM correcting
                CROSS JOIN LATERAL (%(notes)s) note
                WHERE NOT correcting.is_replacement
            )
            """,
            notes=SQL(" UNION ").join(
                SQL(
                    """
                    SELECT move.id, %(is_replacement)s AS is_replacement
                    FROM account_move move
                    WHERE %(link)s = correcting.id
                    """,
                    is_replacement=self._is_replacement_sql(),
                    link=SQL.identifier("move", link),
                )
                for link in self._note_links
            ),
        )

    @api.model
    def _is_replacement_sql(self) -> SQL:
        """Return whether a linked document ``move`` bills its original anew."""
        return SQL("FALSE")

    @api.model
    def _is_write_off_sql(self) -> SQL:
        """Return whether an entry ``other`` is a write-off."""
        return SQL("FALSE")

    @api.model
    def _write_off_sql(self) -> SQL:
        """Total the write-offs of the disputed invoices."""
        return SQL("SELECT NULL::numeric AS amount, NULL::numeric AS balance")

    @api.model
    def _unpaid_sql(self) -> SQL:
        return SQL(
            """
            SELECT SUM(
                item.amount_residual_currency + COALESCE(added.own, 0)
            ) AS residual
            FROM clerk_billing_error_move_rel rel
            JOIN account_move_line item ON item.move_id = rel.move_id
            LEFT JOIN (%s) added ON added.line_id = item.id
            WHERE rel.error_id = error.id AND item.display_type = 'payment_term'
            """,
            added_back_sql(),
        )

    @api.model
    def _matched_sql(self) -> SQL:
        """Total what was reconciled with the disputed invoices since the case was
        opened, and the part of it that does not correct them."""
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
                NOT %(is_write_off)s
                AND (document.move_ids IS NULL OR other.id <> ALL (document.move_ids))
                """,
                is_write_off=self._is_write_off_sql(),
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
            JOIN %(partials)s partial ON partial.debit_move_id = item.id
            %(filters)s
            UNION ALL
            SELECT
                -partial.credit_amount_currency,
                -partial.amount,
                partial.debit_move_id
            %(items)s
            JOIN %(partials)s partial ON partial.credit_move_id = item.id
            %(filters)s
            """,
            items=items,
            filters=filters,
            partials=counted_sql(),
        )

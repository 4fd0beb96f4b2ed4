"""SQL of the money that customers paid, as promises and payment patterns count it.

Queries name what was reconciled in a table ``match (entry_id, is_money)``.
Of an entry in a bank, cash or card journal, a write-off is no money.
"""

from odoo.tools import SQL


def is_money_sql():
    """Return whether an entry of a ``journal`` may have money."""
    return SQL("journal.type IN ('bank', 'cash', 'credit')")


def is_undone_sql():
    """Return whether the money of an ``entry``, or its ``payment``, came back."""
    return SQL(
        """%s AND (
            COALESCE(payment.state IN ('rejected', 'canceled'), FALSE)
            OR EXISTS (
                SELECT FROM account_move reversal
                WHERE reversal.reversed_entry_id = entry.id
                    AND reversal.state = 'posted'
            )
        )""",
        is_money_sql(),
    )


def brought_sql():
    """Return how much money each entry brought, of all that it settles.

    In the currency of the entry where it has only one: rounding of rates is not a
    write-off.
    """
    return SQL(
        """
        SELECT
            entry_id,
            SUM(CASE WHEN is_plain THEN amount_currency ELSE balance END)
                FILTER (WHERE is_money) AS money,
            -SUM(CASE WHEN is_plain THEN amount_currency ELSE balance END)
                FILTER (WHERE is_receivable) AS settled
        FROM (%s) line
        GROUP BY entry_id
        """,
        _money_lines_sql(),
    )


def _money_lines_sql():
    return SQL(
        """
        SELECT
            line.move_id AS entry_id,
            line.balance,
            line.amount_currency,
            MIN(line.currency_id) OVER entry = MAX(line.currency_id) OVER entry
                AS is_plain,
            account.account_type = 'asset_receivable' AS is_receivable,
            account.account_type IN ('asset_cash', 'liability_credit_card')
                OR account.id = payment.outstanding_account_id AS is_money
        FROM account_move_line line
        JOIN account_account account ON account.id = line.account_id
        JOIN account_move ON account_move.id = line.move_id
        LEFT JOIN account_payment payment
            ON payment.id = account_move.origin_payment_id
        WHERE line.move_id IN (SELECT entry_id FROM match WHERE is_money)
        WINDOW entry AS (PARTITION BY line.move_id)
        """
    )

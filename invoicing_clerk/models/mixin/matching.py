"""SQL of reconciliations: which of them count.

Odoo keeps a reconciliation when one of its two entries is reset to draft, and residual
amounts go on to include it, so that an invoice looks paid by a payment that the ledger
does not have. Here a reconciliation counts only while both entries are posted. Whatever
reads ``account_partial_reconcile`` takes it from here.
"""

from odoo.tools import SQL

COLUMNS = SQL(
    "part.id, part.max_date, part.debit_move_id, part.credit_move_id, part.amount,"
    " part.debit_amount_currency, part.credit_amount_currency, part.create_date"
)


def counted_sql():
    """Return the reconciliations of posted entries, as a table for a FROM clause."""
    return SQL(
        """(SELECT %s FROM account_partial_reconcile AS part
              JOIN account_move_line AS debit_side
                ON debit_side.id = part.debit_move_id
               AND debit_side.parent_state = 'posted'
              JOIN account_move_line AS credit_side
                ON credit_side.id = part.credit_move_id
               AND credit_side.parent_state = 'posted')""",
        COLUMNS,
    )


def uncounted_sql():
    """Return the reconciliations with an entry that is not posted; they are few.

    An index of `account.move.line` finds them.
    """
    return SQL(
        "(%s)",
        SQL(" UNION ").join(
            SQL(
                """SELECT %s FROM account_move_line AS side
                     JOIN account_partial_reconcile AS part ON %s = side.id
                    WHERE side.parent_state <> 'posted'
                      AND side.matching_number IS NOT NULL""",
                COLUMNS,
                SQL.identifier("part", column),
            )
            for column in ("debit_move_id", "credit_move_id")
        ),
    )


def by_item_sql(partials):
    """Return rows (line_id, amount, own): what to add to the residual amounts of an
    item, in company currency and its own, so that reconciliations do not count.

    :param partials: SQL of these reconciliations
    """
    return SQL(
        """SELECT side.line_id, SUM(side.amount) AS amount, SUM(side.own) AS own
             FROM %s AS part
            CROSS JOIN LATERAL (VALUES
                (part.debit_move_id, part.amount, part.debit_amount_currency),
                (part.credit_move_id, -part.amount, -part.credit_amount_currency)
                ) AS side (line_id, amount, own)
            GROUP BY side.line_id""",
        partials,
    )


def added_back_sql():
    """Return rows (line_id, amount, own) for the reconciliations that do not count."""
    return by_item_sql(uncounted_sql())

"""Proof that the ledger is one that core could have made."""

SAMPLE = 200

# What must not be found, and in which words to say so.
FORBIDDEN = {
    "entries that do not balance": """
        SELECT move_id FROM account_move_line GROUP BY move_id
        HAVING SUM(balance) <> 0 OR SUM(debit) - SUM(credit) <> SUM(balance)""",
    "items whose rest is not their balance less what was matched": """
        SELECT line.id FROM account_move_line AS line
          JOIN account_account AS account ON account.id = line.account_id
          LEFT JOIN (SELECT debit_move_id AS id, SUM(amount) AS amount,
                        SUM(debit_amount_currency) AS currency
                   FROM account_partial_reconcile GROUP BY 1) AS debit
            ON debit.id = line.id
          LEFT JOIN (SELECT credit_move_id AS id, SUM(amount) AS amount,
                        SUM(credit_amount_currency) AS currency
                   FROM account_partial_reconcile GROUP BY 1) AS credit
            ON credit.id = line.id
         WHERE account.reconcile AND line.parent_state = 'posted' AND (
            line.amount_residual <> line.balance - COALESCE(debit.amount, 0)
                + COALESCE(credit.amount, 0)
            OR line.amount_residual_currency <> line.amount_currency
                - COALESCE(debit.currency, 0) + COALESCE(credit.currency, 0)
            OR line.reconciled <> (line.amount_residual = 0
                AND line.amount_residual_currency = 0
                AND line.matching_number IS NOT NULL))""",
    "items in a full match that are not settled": """
        SELECT id FROM account_move_line
         WHERE (full_reconcile_id IS NOT NULL AND NOT reconciled)
            OR full_reconcile_id::text <> matching_number""",
    "matches of two customers": """
        SELECT match.id FROM account_partial_reconcile AS match
          JOIN account_move_line AS debit ON debit.id = match.debit_move_id
          JOIN account_move_line AS credit ON credit.id = match.credit_move_id
         WHERE debit.partner_id <> credit.partner_id
            OR match.max_date <> GREATEST(debit.date, credit.date)""",
    "invoices whose rest is not that of their items": """
        SELECT move.id FROM account_move AS move JOIN account_move_line AS line
            ON line.move_id = move.id AND line.display_type = 'payment_term'
         WHERE move.state = 'posted' AND move.move_type LIKE 'out_%'
         GROUP BY move.id
        HAVING ABS(SUM(line.amount_residual_currency)) <> move.amount_residual
            OR SUM(line.amount_residual) <> move.amount_residual_signed""",
    "payments whose entry is of another amount": """
        SELECT payment.id FROM account_payment AS payment
          JOIN account_move AS move ON move.id = payment.move_id
         WHERE move.origin_payment_id <> payment.id OR move.name <> payment.name
            OR payment.partner_id <> move.partner_id
            OR ABS(move.amount_total) <> payment.amount""",
    "gaps in the names of entries": """
        SELECT journal_id, sequence_prefix FROM account_move
         WHERE state = 'posted' GROUP BY 1, 2
        HAVING COUNT(*) <> MAX(sequence_number) - MIN(sequence_number) + 1""",
    "rows that belong to nothing": """
        SELECT id FROM account_move_line AS line
         WHERE NOT EXISTS (SELECT 1 FROM account_move WHERE id = line.move_id)
            OR NOT EXISTS (SELECT 1 FROM res_partner WHERE id = line.partner_id)
        UNION ALL SELECT id FROM account_move_line AS line
         WHERE full_reconcile_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM account_full_reconcile WHERE id = line.full_reconcile_id)
        UNION ALL SELECT invoice_id FROM account_move__account_payment AS link
          JOIN account_payment AS payment ON payment.id = link.payment_id
          JOIN account_move AS invoice ON invoice.id = link.invoice_id
         WHERE payment.partner_id <> invoice.partner_id""",
    "entries in the future": """
        SELECT id FROM account_move WHERE date > CURRENT_DATE""",
}
COMPUTED = {
    "account.move": (
        "payment_state",
        "amount_total",
        "amount_residual",
        "amount_residual_signed",
        "amount_total_signed",
        "invoice_date_due",
        "commercial_partner_id",
        "invoice_partner_display_name",
    ),
    "account.move.line": (
        "amount_residual",
        "amount_residual_currency",
        "reconciled",
        "price_subtotal",
        "price_total",
    ),
    "account.payment": ("is_reconciled", "amount_company_currency_signed", "state"),
}


def check(env):
    """:raises AssertionError: the ledger is not consistent"""
    wrong = []
    for what, question in FORBIDDEN.items():
        env.cr.execute(f"SELECT COUNT(*) FROM ({question}) AS found")
        if count := env.cr.fetchone()[0]:
            wrong.append(f"{count:,} {what}")
    wrong += _other_than_core(env)
    assert not wrong, "The ledger is wrong: " + "; ".join(wrong)


def _other_than_core(env):
    """Differences between what core computes of a sample and what is stored."""
    env.cr.execute(
        """SELECT id FROM account_move WHERE move_type LIKE 'out_%%'
            ORDER BY MD5(id::text) LIMIT %s""",
        [SAMPLE],
    )
    moves = env["account.move"].browse([row[0] for row in env.cr.fetchall()])
    wrong = []
    for records in (moves, moves.line_ids, moves.matched_payment_ids):
        wrong += _recomputed(env, records, COMPUTED[records._name])
    env.invalidate_all(flush=False)
    env.transaction.clear()
    env.cr.rollback()
    return wrong


def _recomputed(env, records, names):
    stored = {name: [each[name] for each in records] for name in names}
    for name in names:
        env.add_to_compute(records._fields[name], records)
    records._recompute_recordset()
    return [
        f"{records[index]._name} {records[index].id} {name} is {old}, core says {new}"
        for name in names
        for index, old in enumerate(stored[name])
        if (new := records[index][name]) != old
    ]


def summary(env):
    rows = {
        "customers": "res_partner WHERE customer_rank > 0",
        "invoices": "account_move WHERE move_type LIKE 'out_%'",
        "payments": "account_payment",
        "journal items": "account_move_line",
        "matches": "account_partial_reconcile",
        "open invoices": "account_move WHERE payment_state IN ('not_paid', 'partial')"
        " AND move_type = 'out_invoice' AND state = 'posted'",
    }
    words = []
    for what, where in rows.items():
        env.cr.execute(f"SELECT COUNT(*) FROM {where}")
        words.append(f"{env.cr.fetchone()[0]:,} {what}")
    return ", ".join(words)

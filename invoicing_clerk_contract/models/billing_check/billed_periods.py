"""The differences between contracts and their invoices, as a table for the checks.

They are found by `rules.billed` once for all checks of a run.
"""

from datetime import date
from decimal import Decimal
from operator import itemgetter

from odoo.tools import SQL, groupby

from ...rules.billed import Agreed, Billed, Difference, differences
from ...rules.period import Period, Recurrence

DIFFERENCES = SQL.identifier("clerk_contract_difference")
COLUMNS = (
    *("kind", "contract_line_id", "line_id", "other_id", "date_from", "date_to"),
    *("expected", "too_much", "due"),
)


def build_differences(env, company, today, moves=None):
    """Build the table for a run of the checks; it lasts until the transaction ends.

    :param moves: the documents to check; all of the company by default
    """
    terms = _terms(env, company, moves)
    billed = _billed(env, [each.id for each in terms])
    rows = [
        _row(each.id, difference)
        for each in terms
        for difference in differences(each, billed.get(each.id, ()), today)
    ]
    env.cr.execute(SQL("DROP TABLE IF EXISTS %s", DIFFERENCES))
    env.cr.execute(
        SQL(
            """CREATE TEMPORARY TABLE %s ON COMMIT DROP AS
               SELECT * FROM UNNEST(%s::varchar[], %s::int[], %s::int[], %s::int[],
                   %s::date[], %s::date[], %s::numeric[], %s::numeric[], %s::date[])
                   AS difference (%s)""",
            DIFFERENCES,
            *([row[number] for row in rows] for number in range(len(COLUMNS))),
            SQL(", ").join(map(SQL.identifier, COLUMNS)),
        )
    )
    env.cr.execute(SQL("ANALYZE %s", DIFFERENCES))


def _row(contract_line, difference: Difference):
    return (
        difference.kind,
        contract_line,
        difference.line,
        difference.other,
        *difference.period,
        difference.expected,
        difference.too_much,
        difference.due,
    )


def _terms(env, company, moves):
    """Return the terms of the customer contracts of a company."""
    scope = SQL("TRUE")
    if moves is not None:
        scope = SQL(
            """line.id IN (SELECT contract_line_id FROM account_move_line
                            WHERE move_id = ANY(%s))""",
            moves.ids,
        )
    env.cr.execute(
        SQL(
            """SELECT line.id, line.recurring_rule_type, line.recurring_interval,
                      line.recurring_invoicing_type = 'pre-paid', line.date_start,
                      LEAST(line.date_end, contract.date_end),
                      line.last_date_invoiced, line.recurring_next_date,
                      ROUND(ROUND(%(amount)s
                              / COALESCE(currency.rounding, 0.01)::numeric)
                          * COALESCE(currency.rounding, 0.01)::numeric,
                          COALESCE(currency.decimal_places, 2)),
                      line.create_date::date, line.cancelled_on,
                      contract.active AND line.is_canceled IS NOT TRUE
                 FROM contract_line AS line
                 JOIN contract_contract AS contract ON contract.id = line.contract_id
                 LEFT JOIN res_currency AS currency ON currency.id = line.currency_id
                WHERE line.company_id = %(company)s AND contract.contract_type = 'sale'
                  AND contract.generation_type = 'invoice'
                  AND line.display_type IS NULL AND line.date_start IS NOT NULL
                  AND line.recurring_interval > 0 AND %(scope)s
                ORDER BY line.id""",
            amount=PERIOD_AMOUNT,
            company=company.id,
            scope=scope,
        )
    )
    return [_agreed(*row) for row in env.cr.fetchall()]


# What a contract line bills in one period. Prices of price lists are computed by Odoo:
# of these, the amount of a month is stored.
PERIOD_AMOUNT = SQL(
    """CASE WHEN line.automatic_price IS TRUE
            THEN COALESCE(line.monthly_recurring, 0) * line.recurring_interval
                 * CASE line.recurring_rule_type WHEN 'daily' THEN 1.0 / 30
                        WHEN 'weekly' THEN 7.0 / 30 WHEN 'quarterly' THEN 3
                        WHEN 'semesterly' THEN 6 WHEN 'yearly' THEN 12 ELSE 1 END
            ELSE line.quantity::numeric * COALESCE(line.specific_price, 0)::numeric
                 * (1 - COALESCE(line.discount, 0)::numeric / 100) END"""
)


def _agreed(
    number, rule, interval, prepaid, start, end, last, following, amount, created, *rest
):
    cancelled, is_open = rest
    return Agreed(
        id=number,
        recurrence=Recurrence(rule, interval, prepaid),
        start=start,
        end=end,
        last_invoiced=last,
        next_invoice=following,
        amount=amount or Decimal(0),
        created=created or date.min,
        cancelled=cancelled,
        is_open=is_open,
    )


# Lines of customers' documents, and what they bill, as the currency rounds it.
BILLED_DOCUMENTS = SQL(
    """line.display_type = 'product' AND move.state IN ('posted', 'draft')
       AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')"""
)
BILLED_COLUMNS = SQL(
    """line.id, line.move_id, move.state,
       CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
       * ROUND(ROUND(line.quantity::numeric * line.price_unit::numeric
               * (1 - COALESCE(line.discount, 0)::numeric / 100)
               / currency.rounding::numeric) * currency.rounding::numeric,
           currency.decimal_places) AS amount"""
)


def _billed(env, contract_lines):
    """Return what invoices bill, by contract line; drafts and notes count."""
    if not contract_lines:
        return {}
    env.cr.execute(
        SQL(
            """WITH line AS MATERIALIZED (
                SELECT %(columns)s, line.contract_line_id, line.currency_id,
                       line.contract_date_start, line.contract_date_end,
                       line.contract_amount, line.corrected_line_id,
                       COALESCE(move.invoice_date, move.create_date::date) AS day,
                       move.move_type = 'out_refund' OR move.debit_origin_id IS NOT NULL
                           AS is_note,
                       COALESCE(move.reversed_entry_id, move.debit_origin_id,
                           move.corrected_move_id) AS amended_id,
                       move.payment_state = 'reversed' AS is_reversed
                  FROM account_move_line AS line
                  JOIN account_move AS move ON move.id = line.move_id
                  JOIN res_currency AS currency ON currency.id = line.currency_id
                 WHERE line.contract_line_id IN (SELECT UNNEST(%(lines)s::int[]))
                   AND %(documents)s),
            bill AS MATERIALIZED (SELECT * FROM line WHERE NOT is_note),
            note AS (
                SELECT bill.id, note.amount
                  FROM (SELECT %(columns)s, line.corrected_line_id
                          FROM account_move_line AS line
                          JOIN account_move AS move ON move.id = line.move_id
                          JOIN res_currency AS currency
                            ON currency.id = line.currency_id
                         WHERE line.corrected_line_id IN (SELECT id FROM bill)
                           AND %(documents)s) AS note
                  JOIN bill ON bill.id = note.corrected_line_id
                 WHERE note.state = 'posted'
             UNION ALL
                SELECT bill.id, note.amount
                  FROM line AS note
                  JOIN bill ON bill.move_id = note.amended_id
                   AND bill.contract_line_id = note.contract_line_id
                 WHERE note.is_note AND note.corrected_line_id IS NULL
                   AND note.state = 'posted'),
            amended AS (
                SELECT bill.id, SUM(note.amount) AS amount,
                       SUM(note.amount) FILTER (WHERE note.amount * bill.amount < 0)
                           AS taken
                  FROM note
                  JOIN bill ON bill.id = note.id
                 GROUP BY bill.id)
            SELECT bill.contract_line_id, bill.id, bill.day, bill.contract_date_start,
                   bill.contract_date_end, bill.amount,
                   bill.amount + COALESCE(amended.amount, 0),
                   CASE WHEN bill.currency_id = agreed.currency_id
                        THEN bill.contract_amount END,
                   COALESCE(bill.is_reversed, FALSE)
                   OR COALESCE(ABS(amended.taken) >= ABS(bill.amount), FALSE),
                   bill.state = 'draft'
              FROM bill
              JOIN contract_line AS agreed ON agreed.id = bill.contract_line_id
              LEFT JOIN amended ON amended.id = bill.id
             ORDER BY bill.contract_line_id, bill.id""",
            columns=BILLED_COLUMNS,
            documents=BILLED_DOCUMENTS,
            lines=contract_lines,
        )
    )
    return {
        contract_line: [_line(*row) for _id, *row in rows]
        for contract_line, rows in groupby(env.cr.fetchall(), itemgetter(0))
    }


def _line(number, day, start, end, amount, net, agreed, is_undone, is_draft):
    return Billed(
        id=number,
        day=day,
        period=Period(start, end) if start and end else None,
        amount=amount,
        net=net,
        agreed=agreed,
        is_undone=is_undone,
        is_draft=is_draft,
    )

"""Contracts against their invoices: 10,000 contract lines, 120,000 invoice lines.

Run by ``make bench-contract``. The ORM makes one contract and bills it; SQL copies its
line and its invoices. One invoice line in 200 has another amount than agreed, and one
line in 100 lacks its last period, so that there is something to find. One contract line
in five has a credit note, half of them with the line that it corrects.
"""

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from .table import Figures, Watch, load, milliseconds

LINES, PERIODS = 10_000, 12
CODES = ("GAP", "TWICE", "AGREED", "ENDED")


def main(env, path):
    figures = Figures(path)
    figures.add("Load of the machine at the start", load())
    contract = _contract(env)
    _copy(env, contract)
    counts = [
        env.execute_query(SQL("SELECT COUNT(*) FROM %s WHERE %s", table, of))[0][0]
        for table, of in (
            (SQL("contract_line"), SQL("TRUE")),
            (SQL("account_move_line"), SQL("contract_line_id IS NOT NULL")),
        )
    ]
    figures.add("Contract lines, and invoice lines", " / ".join(map(str, counts)))
    checks = env["clerk.billing.check"].search([("code", "in", CODES)]).sudo()
    watch, queries = Watch(env), env.cr.sql_log_count

    def check():
        checks._prepare_run(env.company, None)
        for each in checks:
            each._run(env.company)

    seconds, work = watch.time(check)
    queries = env.cr.sql_log_count - queries
    found = env["clerk.billing.finding"].search_count([("state", "=", "open")])
    figures.add(
        f"Check them all, {queries} queries, {found:,} found",
        milliseconds(seconds),
        "10,000 ms",
        work=milliseconds(work),
    )
    renewals, queries = env["clerk.contract.renewal"], env.cr.sql_log_count
    seconds, work = watch.time(lambda: renewals._find(env.company))
    queries = env.cr.sql_log_count - queries
    figures.add(
        f"Bring the queue of renewals up to date, {queries} queries",
        milliseconds(seconds),
        work=milliseconds(work),
    )


def _contract(env):
    """Make a contract that has billed a year, month by month."""
    start = fields.Date.today().replace(day=1) - relativedelta(months=PERIODS - 1)
    partner = env["res.partner"].create({"name": "Customer", "is_company": True})
    contract = env["contract.contract"].create(
        {
            "name": "Contract",
            "partner_id": partner.id,
            "line_recurrence": True,
            "contract_line_ids": [
                Command.create(
                    {
                        "name": "Maintenance",
                        "quantity": 1,
                        "price_unit": 100.0,
                        "date_start": start,
                        "recurring_next_date": start,
                    }
                )
            ],
        }
    )
    for _period in range(PERIODS):
        contract._recurring_create_invoice().action_post()
    env.flush_all()
    return contract


def _copy(env, contract):
    """Copy the line and its invoice lines, so that a copy refers to its own line.

    The copies of invoice lines stay on the same documents, which the checks do not
    mind.
    """
    line = contract.contract_line_ids
    bills = env["account.move.line"].search([("contract_line_id", "=", line.id)])
    note = _note(bills[:1])
    _insert(
        env,
        line,
        SQL("SELECT 1000000 + n AS number FROM GENERATE_SERIES(1, %s) AS n", LINES - 1),
        {"id": SQL("copy.number")},
    )
    _insert(
        env,
        bills,
        SQL("SELECT 1000000 + n AS number FROM GENERATE_SERIES(1, %s) AS n", LINES - 1),
        {
            "id": SQL("10000000 + copy.number * 100 + row.id %% 100"),
            "contract_line_id": SQL("copy.number"),
            "price_unit": SQL(
                "row.price_unit + CASE WHEN copy.number %% 17 = 0"
                " AND row.id %% 12 = 0 THEN 1 ELSE 0 END"
            ),
        },
    )
    _copy_note(env, note, bills[:1])
    env.cr.execute(
        SQL(
            """DELETE FROM account_move_line
                WHERE contract_line_id %% 100 = 0 AND contract_line_id > 1000000
                  AND contract_date_start = (
                    SELECT MAX(contract_date_start) FROM account_move_line)"""
        )
    )
    for table in ("contract_line", "account_move_line"):
        env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
    env.invalidate_all()


def _note(bill):
    """Credit a part of an invoice line, and return the line that does so."""
    note = bill.move_id._reverse_moves()
    note.invoice_line_ids.price_unit = 1
    note.action_post()
    bill.env.flush_all()
    return note.invoice_line_ids


def _copy_note(env, note, bill):
    """Copy a credit for one contract line in five."""
    _insert(
        env,
        note,
        SQL(
            "SELECT 1000000 + n AS number FROM GENERATE_SERIES(5, %s, 5) AS n",
            LINES - 1,
        ),
        {
            "id": SQL("20000000 + copy.number"),
            "contract_line_id": SQL("copy.number"),
            "corrected_line_id": SQL(
                "CASE WHEN copy.number %% 10 = 0"
                " THEN 10000000 + copy.number * 100 + %s END",
                bill.id % 100,
            ),
        },
    )


def _insert(env, records, copies, changed):
    """Insert copies of rows with other values of some columns."""
    columns = [
        name
        for (name,) in env.execute_query(
            SQL(
                """SELECT column_name FROM information_schema.columns
                    WHERE table_name = %s AND is_generated = 'NEVER'""",
                records._table,
            )
        )
    ]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS row CROSS JOIN (%s) AS copy"
            " WHERE row.id = ANY(%s)",
            SQL.identifier(records._table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(
                changed.get(name, SQL.identifier("row", name)) for name in columns
            ),
            SQL.identifier(records._table),
            copies,
            records.ids,
        )
    )

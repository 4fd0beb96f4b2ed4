"""Time of statements on a large ledger, compared with OCA's partner_statement.

Run by ``make bench-statement``. Both addons are installed in one database and compute,
in turns, the same customers and date. Floors are the same figures from hand-written
SQL, without access rights, kinds, disputes and promises; for storing, a bare copy of
the same rows; for PDFs, wkhtmltopdf alone.
"""

import json
import math
from functools import partial
from pathlib import Path

from . import statement_pdf, statement_peer, statement_scale
from .office import clerks
from .table import Figures, load, milliseconds, timed

BUCKETS = ", ".join(
    f"SUM(open) FILTER (WHERE open > 0 AND CEIL(days / 30.0) {condition})"
    for condition in ("<= 0", "= 1", "= 2", "= 3", "= 4", "> 4")
)
OPEN_FLOOR = f"""
    SELECT partner_id, currency_id, SUM(open), SUM(open) FILTER (WHERE open < 0),
           {BUCKETS}
      FROM (SELECT line.partner_id, line.currency_id, %(day)s - line.date_maturity
                   AS days, amount_residual_currency + COALESCE(later.own, 0) AS open
              FROM account_move_line AS line LEFT JOIN (
                   SELECT line_id, SUM(own) AS own FROM (
                       SELECT debit_move_id AS line_id, debit_amount_currency AS own
                         FROM account_partial_reconcile WHERE max_date > %(day)s
                       UNION ALL SELECT credit_move_id, -credit_amount_currency
                         FROM account_partial_reconcile WHERE max_date > %(day)s
                   ) AS part GROUP BY line_id) AS later ON later.line_id = line.id
             WHERE line.account_id = ANY(%(accounts)s) AND line.date <= %(day)s
               AND line.parent_state = 'posted'
               AND (line.reconciled IS NOT TRUE OR later.line_id IS NOT NULL)) AS item
     WHERE open <> 0 GROUP BY partner_id, currency_id
"""
MOVED_FLOOR = """
    SELECT partner_id, currency_id, SUM(amount_currency),
           ARRAY_AGG(id ORDER BY date, id)
      FROM account_move_line
     WHERE account_id = ANY(%(accounts)s) AND date BETWEEN %(first)s AND %(day)s
       AND parent_state = 'posted' GROUP BY partner_id, currency_id"""
STORED = ("clerk_statement", "clerk_statement_balance", "clerk_statement_line")


def main(env, path, scale):
    """:param scale: file with the times of smaller ledgers"""
    figures = Figures(path)
    root, env = env, env(user=clerks(env)[0].id)
    partners = env["res.partner"].search([("customer_rank", ">", 0)])
    run = open_items(env, figures, partners)
    growth(env, figures, scale)
    alone(env, figures)
    forward(env, figures, partners)
    statement_pdf.measure(root, figures, run)
    figures.add("Load of the machine at the end", load())


def open_items(env, figures, partners):
    first, last = statement_scale.days(env)
    peer, theirs = statement_peer.ask(env, partners, last)
    asked, _answer = statement_scale.ask(env, "open_item")
    alike, _answer = statement_scale.ask(env, "open_item", as_peer=True)
    again, _theirs = statement_peer.ask(env, partners, last)
    peer = min(peer, again)
    floor = _floor(env, (first, last), OPEN_FLOOR)
    what = f"Open items and month of {len(partners):,} customers on {last}"
    figures.add(what, milliseconds(asked), "1,500 ms", floor)
    figures.add("  partner_statement, its data alone", milliseconds(peer))
    figures.add("    that all is as many times as fast", f"{peer / asked:.1f}")
    what = "  balances, buckets and lines alone, as the peer has them"
    figures.add(what, milliseconds(alike))
    figures.add("    times as fast", f"{peer / alike:.1f}", "10.0")
    stored, of_sql, run = statement_scale.store(env, "open_item")
    env.cr.commit()
    copied = milliseconds(_copied(env, run))
    figures.add(
        "  proved, sealed, stored: in all", milliseconds(stored), "5,000 ms", copied
    )
    figures.add("    of it in the database", milliseconds(of_sql))
    figures.add("    times as fast as the peer's data alone", f"{peer / stored:.1f}")
    figures.add(
        "    agrees with the general ledger", "yes" if run.is_proved else "NO", "yes"
    )
    statement_peer.compare(figures, run, theirs)
    return run


def alone(env, figures):
    """Add the time until a clerk has the statement that a customer asks for."""
    counted = env["account.move"]._read_group(
        [("move_type", "=", "out_invoice")], ["partner_id"], ["__count"]
    )
    customer, invoices = max(counted, key=lambda row: row[1])

    def ask():
        customer.action_new_statement()
        env.flush_all()
        env.cr.rollback()

    seconds = sorted(timed(ask) for _round in range(3))[1]
    what = f"A statement for one customer of {invoices:,} invoices"
    figures.add(what, milliseconds(seconds), "300 ms")


def forward(env, figures, partners):
    first, last = statement_scale.days(env)
    asked, _answer = statement_scale.ask(env, "forward")
    peer, theirs = statement_peer.ask(env, partners, last, first)
    floor = _floor(env, (first, last), MOVED_FLOOR, OPEN_FLOOR)
    what = f"Balance forward of a month, {len(partners):,} customers"
    figures.add(what, milliseconds(asked), "", floor)
    figures.add("  partner_statement, its data alone", milliseconds(peer))
    figures.add("  times as fast", f"{peer / asked:.1f}", "20.0")
    stored, _sql, run = statement_scale.store(env, "forward")
    copied = milliseconds(_copied(env, run))
    figures.add("  proved, sealed, stored: in all", milliseconds(stored), "", copied)
    figures.add("    times as fast as the peer's data alone", f"{peer / stored:.1f}")
    statement_peer.compare_forward(figures, run, theirs)
    env.cr.rollback()


def _floor(env, days, *statements):
    kind = [("account_type", "=", "asset_receivable")]
    first, last = days
    values = {
        "accounts": env["account.account"].search(kind).ids,
        "day": last,
        "first": first,
    }

    def ask():
        for each in statements:
            env.cr.execute(each, values)
            env.cr.fetchall()

    return milliseconds(min(timed(ask) for _round in range(3)))


def _copied(env, run):
    """Return the seconds to copy the rows of a run into tables like theirs."""
    conditions = ("id IN %s", "statement_id IN %s", "statement_id IN %s")
    seconds = 0.0
    for table, condition in zip(STORED, conditions, strict=True):
        env.cr.execute(f"CREATE TEMPORARY TABLE copy (LIKE {table} INCLUDING ALL)")
        statement = f"INSERT INTO copy SELECT * FROM {table} WHERE {condition}"
        values = [run.statement_ids._ids]
        seconds += timed(partial(env.cr.execute, statement, values))
        env.cr.execute("DROP TABLE copy")
    return seconds


def growth(env, figures, scale):
    """Add the times of smaller ledgers, and the exponent of their growth."""
    statement_scale.measure(env, scale)
    rows = json.loads(Path(scale).read_text())
    for row in rows:
        words = f"  {row['customers']:,} customers, {row['items']:,} journal items"
        asked, stored = (milliseconds(row[name]) for name in ("asked", "stored"))
        figures.add(words, stored, "", asked)
    for name, words in (("stored", "stored"), ("asked", "asked for only")):
        small, large = rows[0], rows[-1]
        power = math.log(large[name] / small[name]) / math.log(
            large["items"] / small["items"]
        )
        figures.add(f"  grows to the power of, {words}", f"{power:.2f}", "1.00")

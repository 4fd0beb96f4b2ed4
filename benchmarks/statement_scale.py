"""Time of the statements of one ledger: figures only, and computed and stored."""

import json
import statistics
import threading
import time
from pathlib import Path

from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.statement.statement_source import (
    StatementLedger,
)

from .office import clerks

ROUNDS = 3
# What the lines of a statement show, besides customer and currency.
SHOWN = {
    "open_line": ("date", "kind", "number", "ref", "due", "amount", "open"),
    "movement": ("date", "kind", "number", "ref", "amount"),
}


def main(env, path):
    """Add the figures of this database to those of smaller ones."""
    measure(env(user=clerks(env)[0].id), path)


def measure(env, path):
    asked, _answer = ask(env, "open_item")
    stored, _sql, _run = store(env, "open_item")
    env.cr.rollback()
    row = {
        "customers": env["res.partner"].search_count([("customer_rank", ">", 0)]),
        "items": env["account.move.line"].search_count([]),
        "asked": asked,
        "stored": stored,
    }
    known = json.loads(Path(path).read_text()) if Path(path).exists() else []
    Path(path).write_text(json.dumps([*known, row]))


def new_run(env, kind):
    """Create a run as of the end of last month, of all customers."""
    return env["clerk.statement.run"].create(
        {"type": kind, "company_id": env.company.id}
    )


def days(env):
    """Return the first and the last day of a new run."""
    run = new_run(env, "forward")
    first, last = run.date_from, run.date
    env.cr.rollback()
    return first, last


def ask(env, kind, rounds=ROUNDS, as_peer=False):
    """Return the seconds until all figures and their lines are in Python.

    :param as_peer: only what the peer's open items have
    """
    times = []
    for _round in range(rounds):
        run = new_run(env, kind)
        start = time.perf_counter()
        answer = _answer_as_peer(run) if as_peer else _answer(run)
        times.append(time.perf_counter() - start)
        env.cr.rollback()
    return statistics.median(times), answer


def _answer(run):
    """Return the figures of each customer and currency, with their lines."""
    part = "open_line" if run.type == "open_item" else "movement"
    run.env.cr.execute(
        SQL(
            """%s SELECT * FROM block
                LEFT JOIN (SELECT customer, currency_id, %s
                             FROM (SELECT * FROM %s
                                    ORDER BY customer, currency_id, date, id) AS line
                            GROUP BY customer, currency_id) AS part
               USING (customer, currency_id)""",
            run._figures_sql(StatementLedger(run)),
            _lines_sql(part),
            SQL.identifier(part),
        )
    )
    return run.env.cr.dictfetchall()


def _answer_as_peer(run):
    """Return balance, buckets and open lines of each customer and currency.

    The same open lines as a statement's. The month's movements, disputes and overdue
    amounts that statements say as well, the peer's open items do not have.
    """
    buckets = SQL(", ").join(
        SQL("SUM(open) FILTER (WHERE bucket = %s AND open > 0)", number)
        for number in range(6)
    )
    run.env.cr.execute(
        SQL(
            """%s SELECT customer, currency_id, SUM(open) AS closing, %s, %s
                 FROM (SELECT * FROM open_line
                        ORDER BY customer, currency_id, date, id) AS line
                GROUP BY customer, currency_id""",
            run._figures_sql(StatementLedger(run)),
            buckets,
            _lines_sql("open_line"),
        )
    )
    return run.env.cr.fetchall()


def _lines_sql(part):
    return SQL(", ").join(
        SQL(
            "ARRAY_AGG(%s) AS %s",
            SQL.identifier(name),
            SQL.identifier(f"line_{name}"),
        )
        for name in SHOWN[part]
    )


def store(env, kind, rounds=ROUNDS):
    """Return the seconds to compute a new run, those of SQL, and the last run."""
    times = []
    for _round in range(rounds):
        env.cr.rollback()
        run = new_run(env, kind)
        env.flush_all()
        with sql_time() as spent:
            start = time.perf_counter()
            run.action_compute()
            env.flush_all()
            times.append((time.perf_counter() - start, spent()))
    in_all, of_sql = zip(*times, strict=True)
    return statistics.median(in_all), statistics.median(of_sql), run


class sql_time:
    """The seconds that this thread waits for the database, as Odoo counts them."""

    def __enter__(self):
        thread = self.thread = threading.current_thread()
        thread.query_time = 0.0
        return lambda: thread.query_time

    def __exit__(self, *_error):
        del self.thread.query_time

"""Billing checks on 100,000 order lines with their deliveries and invoices.

Run by ``make bench-check``. Each size is measured on the same database as it grows. One
line in 200 has an error in its price, so that there is something to find.
"""

import math
import time
from collections import Counter
from contextlib import contextmanager

from odoo.tools import SQL

from . import orders
from .table import Figures, Watch, load, milliseconds

SIZES = (25_000, 50_000, 100_000)
PER_COPY = orders.ORDERS * orders.LINES
CHANGES = 1_000
WRONG = 200
# One line of ten, in one copy of twenty.
LINE = 10
# Times below are noise, and have no exponent.
LEAST = 0.1


def main(env, path):
    figures = Figures(path)
    figures.add("Load of the machine at the start", load())
    rows = orders.family(env)
    env.cr.commit()
    checks, watch = env["clerk.billing.check"], Watch(env)
    spent, done = {}, 0
    for size in SIZES:
        copies = size // PER_COPY - 1
        orders.copy(env, rows, done + 1, copies)
        _make_errors(env)
        done = copies
        with _by_check(checks) as times:
            queries = env.cr.sql_log_count
            seconds, work = watch.time(lambda: checks._run_all(env.company))
        spent[size] = times
        queries = env.cr.sql_log_count - queries
        found = env["clerk.billing.finding"].search_count([("state", "=", "open")])
        is_last = size == SIZES[-1]
        figures.add(
            f"First run on {size:,} order lines, {queries} queries, {found:,} found",
            milliseconds(seconds),
            "30,000 ms" if is_last else "",
            work=milliseconds(work),
        )
        if is_last:
            env.cr.commit()
        else:
            env.cr.rollback()
            env.invalidate_all()
    _growth(figures, spent)
    _changes(env, figures, watch)
    _posting(env, figures, watch, rows)


def _make_errors(env):
    """Bill a price that no order has, on one line in so many."""
    env.cr.execute(
        SQL(
            """UPDATE sale_order_line SET price_unit = price_unit + 1,
                      technical_price_unit = price_unit + 1
                WHERE id > %s AND (id / %s) %% %s = 0 AND id %% %s = 0""",
            orders.STRIDE,
            orders.STRIDE,
            WRONG // LINE,
            LINE,
        )
    )
    env.cr.commit()


@contextmanager
def _by_check(checks):
    """Measure the seconds of each check."""
    times, kind = Counter(), type(checks)
    run, prepare = kind._run, kind._prepare_run

    def timed(name, method):
        def measured(self, *args):
            start = time.perf_counter()
            try:
                return method(self, *args)
            finally:
                times[name or self.code] += time.perf_counter() - start

        return measured

    kind._run = timed("", run)
    kind._prepare_run = timed("tables that checks share", prepare)
    try:
        yield times
    finally:
        del kind._run, kind._prepare_run


def _growth(figures, spent):
    small, large = SIZES[0], SIZES[-1]
    for name, seconds in spent[large].most_common():
        before = spent[small][name]
        exponent = ""
        if seconds > LEAST and before:
            power = math.log(seconds / before) / math.log(large / small)
            exponent = f", grows with the power {power:.2f}"
        figures.add(f"  {name}{exponent}", milliseconds(seconds))


def _changes(env, figures, watch):
    """Measure the cron after changes, and with nothing changed."""
    cron = env.ref("invoicing_clerk.ir_cron_check_billing")
    _settle(env, cron)
    for number, target in ((CHANGES, "2,000 ms"), (0, "500 ms")):
        moves = env["account.move"].search(
            [("state", "=", "posted"), ("move_type", "=", "out_invoice")],
            limit=number or 1,
            order="id desc",
        )
        if number:
            env.cr.execute(
                SQL(
                    "UPDATE account_move SET write_date = CLOCK_TIMESTAMP()"
                    " AT TIME ZONE 'UTC' WHERE id = ANY(%s)",
                    moves.ids,
                )
            )
            env.cr.commit()
        else:
            _settle(env, cron)
        queries = env.cr.sql_log_count
        seconds, work = watch.time(lambda: _check_since(env))
        queries = env.cr.sql_log_count - queries
        env.cr.commit()
        figures.add(
            f"Scheduled run after {number:,} changes, {queries} queries",
            milliseconds(seconds),
            target,
            work=milliseconds(work),
        )


def _check_since(env):
    """Check what was written since, as the scheduled action does for a company."""
    horizon = env["clerk.checkpoint"]._horizon()
    env["clerk.billing.check"]._check_since(env.company, horizon)


def _settle(env, cron):
    """Run the scheduled action until it has seen what it made itself."""
    for _round in range(2):
        cron.method_direct_trigger()
        env.cr.commit()
    time.sleep(1)


def _posting(env, figures, watch, rows):
    """Measure the posting of drafts, without and with a stop on blocking findings."""
    for stop in (False, True):
        env.company.clerk_block_posting = stop
        moves = env["account.move"].browse(rows["account_move"])
        drafts = env["account.move"].union(*(each.copy() for each in moves))
        env.flush_all()
        queries = env.cr.sql_log_count
        seconds, work = watch.time(drafts.action_post)
        queries = (env.cr.sql_log_count - queries) / len(drafts)
        env.cr.rollback()
        env.invalidate_all()
        label = "with the stop on blocking findings" if stop else "without a stop"
        figures.add(
            f"Post an invoice, {label}, {queries:.0f} queries",
            milliseconds(seconds / len(drafts)),
            work=milliseconds(work / len(drafts)),
        )

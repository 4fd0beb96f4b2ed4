"""The cost of audit tests over a large ledger, and over half of its time.

Run by ``make bench-audit``. The targets are those of a year of 300,000 invoices, which
the ledger spreads over two: 15 s for a test, 60 s for all. Half the work is the same
tests over half the time; what grows with the square of the entries would show there.
"""

from datetime import timedelta

from odoo.tools import SQL

from .office import engagement
from .table import Figures, Watch, load, milliseconds

ONE, ALL = "15,000 ms", "60,000 ms"
# Days after the period, for subsequent receipts.
DAYS_AFTER = 14


def main(env, path):
    figures = Figures(path)
    last = _last_day(env)
    whole = _planned(env, "All", last - timedelta(days=730), last)
    half = _planned(env, "Half", last - timedelta(days=365), last)
    _run(env, half)  # caches of the machine are warm for both
    halves = _measure(env, _again(env, half))
    wholes = _measure(env, whole)
    for code, (seconds, work, run) in wholes.items():
        figures.add(
            f"{code}, {run.population_count:,} tested, {run.exception_count:,} found",
            milliseconds(seconds),
            ONE,
            work=milliseconds(work),
        )
    _add_totals(figures, wholes, halves)
    figures.add("Load of the machine after the tests", load())


def _add_totals(figures, wholes, halves):
    """Compare processor times, as clock times depend on the load of the machine."""
    seconds = sum(each[0] for each in wholes.values())
    work, half_work = (
        sum(each[1] for each in measured.values()) for measured in (wholes, halves)
    )
    figures.add("All tests", milliseconds(seconds), ALL, work=milliseconds(work))
    figures.add("  over half of the time", "", work=milliseconds(half_work))
    figures.add("  all is as many times that", f"{work / half_work:.2f}", "2")


def _last_day(env):
    newest = env["account.move"].search([], order="date desc", limit=1)
    return newest.date - timedelta(days=DAYS_AFTER)


def _planned(env, name, first, last):
    audit = engagement(env, name, first, last)
    audit._plan_tests()
    env.cr.commit()
    return audit.run_ids


def _run(env, runs):
    for run in runs:
        run.action_run()
        env.cr.commit()


def _again(env, runs):
    env.cr.execute(SQL("ANALYZE clerk_audit_exception"))
    done = runs.filtered(lambda run: run.state == "done")
    return done._copy_to_run_again()


def _measure(env, runs):
    """Return clock and processor seconds of each test."""
    watch, measured = Watch(env), {}
    for run in runs:
        seconds, work = watch.time(run.action_run)
        env.cr.commit()
        assert run.state in ("done", "skipped"), (run.code, run.reason)
        if run.state == "done":
            measured[run.code] = seconds, work, run
    return measured

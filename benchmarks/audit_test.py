"""What the tests of an audit cost over a year of a large ledger, and at half of it.

Run by ``make bench-audit``. The targets are those of a whole year of 300,000 invoices:
15 s for a test, 60 s for all. Half the work is the same tests over half the time; what
grows with the square of the entries would show there.
"""

from datetime import timedelta

from odoo.tools import SQL

from .table import Figures, Watch, load, milliseconds

ONE, ALL = "15,000 ms", "60,000 ms"


def main(env, path):
    figures = Figures(path)
    auditor = _auditor(env)
    last = _last_day(env)
    whole = _engagement(env, auditor, "Whole year", last - timedelta(days=365), last)
    half = _engagement(env, auditor, "Half a year", last - timedelta(days=182), last)
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
    figures.add("Load of the machine at the end", load())


def _add_totals(figures, wholes, halves):
    """Times of the processor are compared: the clock's are those of a busy machine."""
    seconds = sum(each[0] for each in wholes.values())
    work, half_work = (
        sum(each[1] for each in measured.values()) for measured in (wholes, halves)
    )
    figures.add("All tests", milliseconds(seconds), ALL, work=milliseconds(work))
    figures.add("  over half a year", "", work=milliseconds(half_work))
    figures.add(
        "  the whole year is as many times that", f"{work / half_work:.2f}", "2"
    )


def _auditor(env):
    user = env["res.users"].create(
        {
            "name": "Auditor of the ledger",
            "login": "auditor_of_the_ledger",
            "group_ids": [(6, 0, env.ref("invoicing_clerk.group_auditor").ids)],
            "company_ids": [(6, 0, env.company.ids)],
            "company_id": env.company.id,
        }
    )
    env.cr.commit()
    return user


def _last_day(env):
    """Days after it are needed for what came in later."""
    return env["account.move"].search([], order="date desc", limit=1).date - timedelta(
        days=60
    )


def _engagement(env, auditor, name, first, last):
    audit = env["clerk.audit"].create(
        {
            "name": name,
            "date_from": first,
            "date_to": last,
            "auditor_ids": [(6, 0, auditor.ids)],
            "performance_materiality": 7500,
        }
    )
    audit.action_start()
    audit._plan_tests()
    env.cr.commit()
    return audit.run_ids.with_user(auditor)


def _run(env, runs):
    for run in runs:
        run.action_run()
        env.cr.commit()


def _again(env, runs):
    env.cr.execute(SQL("ANALYZE clerk_audit_exception"))
    done = runs.filtered(lambda run: run.state == "done")
    return done._again()


def _measure(env, runs):
    """Seconds of the clock and of the processor, test by test."""
    watch, measured = Watch(env), {}
    for run in runs:
        seconds, work = watch.time(run.action_run)
        env.cr.commit()
        assert run.state in ("done", "skipped"), (run.code, run.reason)
        if run.state == "done":
            measured[run.code] = seconds, work, run
    return measured


def text(path):
    return Figures(path).text()

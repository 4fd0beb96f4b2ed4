"""Processor time of an hour of all scheduled actions while nothing changes.

Run by ``make bench-idle``. Each action runs as the scheduler runs it, as often as in an
hour; those of once a day are measured apart. Before, all of them run until they find
nothing more to do.
"""

from collections import Counter

import psutil

from .table import Figures, load, milliseconds

SECONDS = {"minutes": 60, "hours": 3600, "days": 86400}
HOUR = 3600
TARGET = "1,000 ms"
# Actions find what they have written themselves in the next run.
SETTLING = 3


def main(env, path):
    figures = Figures(path)
    crons = _ours(env)
    for _round in range(SETTLING):
        for cron in crons:
            _run(cron)
    hourly = {cron: _runs_in_an_hour(cron) for cron in crons}
    figures.add("Load of the machine at the start", load())
    spent = Counter()
    for cron, runs in hourly.items():
        spent[cron] = _processor_time(env, cron, runs or 1)
    total = sum(spent[cron] for cron, runs in hourly.items() if runs)
    figures.add("An hour of all scheduled actions", milliseconds(total), TARGET)
    for cron, seconds in spent.most_common():
        runs = f"{hourly[cron]} runs" if hourly[cron] else "once a day"
        figures.add(f"  {cron.name}, {runs}", milliseconds(seconds))


def _ours(env):
    data = env["ir.model.data"].search(
        [("module", "=", "invoicing_clerk"), ("model", "=", "ir.cron")]
    )
    return env["ir.cron"].browse(data.mapped("res_id")).filtered("active")


def _runs_in_an_hour(cron):
    return HOUR // (SECONDS[cron.interval_type] * cron.interval_number)


def _run(cron):
    cron.method_direct_trigger()
    cron.env.cr.commit()


def _processor_time(env, cron, runs):
    """Return the seconds of this process and of the servers of its connections."""
    before = _work(env)
    for _run_of_the_hour in range(runs):
        _run(cron)
    return _work(env) - before


def _work(env):
    env.cr.execute(
        "SELECT pid FROM pg_stat_activity WHERE datname = CURRENT_DATABASE()"
        " AND backend_type = 'client backend'"
    )
    pids = [pid for [pid] in env.cr.fetchall()]
    env.cr.commit()
    spent = [psutil.Process(pid).cpu_times() for pid in [None, *pids]]
    return sum(each.user + each.system for each in spent)

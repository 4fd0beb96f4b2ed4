"""Figures beside their targets and floors."""

import json
import os
import statistics
import time
from pathlib import Path

import psutil


class Figures:
    """Rows of one table, kept in a file from one process to the next."""

    def __init__(self, path):
        self.path = Path(path)
        self.rows = json.loads(self.path.read_text()) if self.path.exists() else []

    def add(self, what, figure, target="", floor="", work=""):
        self.rows.append([what, figure, target, floor, work])
        self.path.write_text(json.dumps(self.rows))
        print("  ".join(filter(None, self.rows[-1][:3])), flush=True)

    def text(self):
        rows = [["", "measured", "target", "floor", "processor"], *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(5)]
        lines = []
        for what, *cells in rows:
            right = [
                cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)
            ]
            lines.append("  ".join([what.ljust(widths[0]), *right]).rstrip())
        return "\n".join(lines) + "\n"


class Watch:
    """Seconds by the clock, and of a processor, that this process and its server took.

    Processor time is what a figure would be about on a machine that does nothing else.
    """

    def __init__(self, env):
        self.workers = psutil.Process(), psutil.Process(env.cr._cnx.get_backend_pid())

    def time(self, action, rounds=1):
        before, times = self._work(), []
        for _round in range(rounds):
            start = time.perf_counter()
            action()
            times.append(time.perf_counter() - start)
        return statistics.median(times), (self._work() - before) / rounds

    def _work(self):
        spent = [worker.cpu_times() for worker in self.workers]
        return sum(each.user + each.system for each in spent)


def milliseconds(seconds):
    return f"{seconds * 1000:,.1f} ms"


def load():
    """The load of the machine: figures of a busy one say little."""
    one, five, _fifteen = os.getloadavg()
    return f"{one:.1f} (5 minutes: {five:.1f}) on {os.cpu_count()} processors"


def timed(action):
    """Seconds that an action takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start

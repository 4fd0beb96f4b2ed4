"""Figures beside their targets and floors."""

import json
import os
from pathlib import Path


class Figures:
    """Rows of one table, kept in a file from one process to the next."""

    def __init__(self, path):
        self.path = Path(path)
        self.rows = json.loads(self.path.read_text()) if self.path.exists() else []

    def add(self, what, figure, target="", floor=""):
        self.rows.append([what, figure, target, floor])
        self.path.write_text(json.dumps(self.rows))
        print("  ".join(filter(None, self.rows[-1][:3])), flush=True)

    def text(self):
        rows = [["", "measured", "target", "floor"], *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        lines = []
        for what, *cells in rows:
            right = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
            lines.append("  ".join([what.ljust(widths[0]), *right]).rstrip())
        return "\n".join(lines) + "\n"


def milliseconds(seconds):
    return f"{seconds * 1000:,.1f} ms"


def load():
    """How busy the machine is: figures of a busy one say little."""
    one, five, _fifteen = os.getloadavg()
    return f"{one:.1f} (5 minutes: {five:.1f}) on {os.cpu_count()} processors"

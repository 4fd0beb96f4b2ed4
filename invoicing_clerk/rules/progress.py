"""Progress of work that takes long."""

from __future__ import annotations


def percent(done: int, total: int) -> int:
    """Return the progress in percent; 100 only when nothing is left.

    >>> percent(0, 0), percent(1, 3), percent(9_999, 10_000), percent(5, 5)
    (100, 33, 99, 100)
    """
    return 100 * done // total if total else 100

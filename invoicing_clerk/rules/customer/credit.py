"""Use of a credit limit."""

from __future__ import annotations

from decimal import Decimal


def usage(used: float, limit: float) -> int | None:
    """Return how much of a credit limit is used, in percent, or None without a limit.

    It is rounded down, so that only a limit that is used up is at 100%.

    :param used: what is open and what is to be billed, in the currency of the limit

    >>> usage(8400.0, 10000.0), usage(9999.0, 10000.0), usage(12000.0, 10000.0)
    (84, 99, 120)
    >>> usage(1000.1, 1000.1), usage(4999.9, 4999.9), usage(999.99, 1000.0)
    (100, 100, 99)
    >>> usage(-50.0, 1000.0), usage(100.0, 0.0), usage(0.5, 1.0)
    (0, None, 50)
    """
    if limit <= 0:
        return None
    return max(0, int(Decimal(str(used)) * 100 // Decimal(str(limit))))

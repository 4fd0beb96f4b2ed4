"""Regular intervals between invoices, such as those of a subscription or a rent."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple


class Interval(NamedTuple):
    """The time between invoices of a regular series, and how far they may be off.

    ``half``: closer invoices of series are those of different series.
    """

    months: int
    days: int
    off: int
    half: int

    def after(self, day: date) -> date:
        """Return the day an interval later: of a shorter month, the last one.

        >>> str(MONTH.after(date(2028, 1, 31))), str(WEEKS[0].after(date(2028, 2, 25)))
        ('2028-02-29', '2028-03-03')
        """
        year, month = divmod(day.year * 12 + day.month - 1 + self.months, 12)
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last)) + timedelta(days=self.days)

    def least(self) -> int:
        """Return the fewest days that it may have."""
        return self.months * SHORTEST_MONTH + self.days - self.off

    def steps(self) -> list[tuple[int, Interval]]:
        """Return the intervals from an invoice to the next: one may be skipped.

        Weeks are too short to tell a skipped one from another interval.

        >>> [(count, each.months) for count, each in MONTH.steps()]
        [(1, 1), (2, 2)]
        >>> len(WEEKS[0].steps())
        1
        >>> [(count, each.days) for count, each in WEEKS[2].steps()]
        [(1, 28), (2, 56)]
        """
        counts = (1,) if self.days and self.days < SHORTEST_MONTH else (1, 2)
        return [
            (count, self._replace(months=self.months * count, days=self.days * count))
            for count in counts
        ]


SHORTEST_MONTH = 28
# A new price is at most a quarter more or less than the old one.
PRICE_CHANGE = Decimal("1.25")
# How many intervals the three steps of four invoices are at most: one may be skipped.
MOST_SKIPPED = 4
MONTH = Interval(1, 0, off=5, half=15)
# Four weeks are exact, as they are almost a month.
WEEKS = (Interval(0, 7, 1, 3), Interval(0, 14, 1, 7), Interval(0, 28, 0, 14))
INTERVALS = (
    *WEEKS,
    *(MONTH._replace(months=each, half=each * MONTH.half) for each in (1, 2, 3, 6, 12)),
)
MOST_OFF = max(each.off for each in INTERVALS)


def intervals(days: int) -> tuple[Interval, ...]:
    """Return the regular intervals that a window of days can contain.

    >>> [[(each.months, each.days) for each in intervals(days)] for days in (5, 20, 45)]
    [[], [(0, 7), (0, 14)], [(0, 7), (0, 14), (0, 28), (1, 0)]]

    Each belongs to windows of at least the days that it has at its shortest:

    >>> [days for days in range(1, 400) if intervals(days) != intervals(days - 1)]
    [6, 13, 23, 28, 51, 79, 163, 331]
    """
    return tuple(each for each in INTERVALS if each.least() <= days)


def days_before(days: int) -> int:
    """Return how many days before a pair of invoices a series of both may begin.

    It needs the invoices before the earlier one, which may be three intervals before.

    >>> days_before(45)
    190
    """
    return 4 * days + 2 * MOST_OFF

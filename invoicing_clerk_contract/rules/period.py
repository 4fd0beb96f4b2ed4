"""Periods that a contract line bills, and the days on which their invoices are due."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)
# Months of one unit of a recurrence; days of one unit of the others.
MONTHS = {"monthly": 1, "monthlylastday": 1, "quarterly": 3, "semesterly": 6}
MONTHS |= {"yearly": 12}
DAYS = {"daily": 1, "weekly": 7}
# More periods of one line are not looked at: 40 years of weeks.
MOST_PERIODS = 2_100


class Period(NamedTuple):
    """Days that one invoice bills, the last one included.

    >>> january = Period(date(2026, 1, 1), date(2026, 1, 31))
    >>> later = Period(date(2026, 1, 31), date(2026, 2, 27))
    >>> january.overlaps(later), later.overlaps(january)
    (True, True)
    """

    start: date
    end: date

    def overlaps(self, other: Period) -> bool:
        return self.start <= other.end and other.start <= self.end


@dataclass(frozen=True)
class Recurrence:
    """Interval at which a line is billed, and its first day.

    :param rule: the unit, as contracts call it
    :param interval: units in one period
    :param prepaid: billed when a period begins instead of after it
    """

    rule: str
    interval: int = 1
    prepaid: bool = True

    def end_of(self, start: date) -> date:
        """Return the last day of the period that begins on a day.

        >>> first = date(2026, 1, 31)
        >>> def end(rule, interval=1, start=first):
        ...     return Recurrence(rule, interval).end_of(start).isoformat()
        >>> end("daily"), end("weekly", 2), end("monthly"), end("yearly")
        ('2026-01-31', '2026-02-13', '2026-02-27', '2027-01-30')
        >>> end("quarterly"), end("semesterly")
        ('2026-04-29', '2026-07-30')

        Billed by the last day of the month, a period ends with the month, also the
        first one that begins within it:

        >>> end("monthlylastday", start=date(2026, 1, 20))
        '2026-01-31'
        >>> end("monthlylastday", 3, start=date(2026, 1, 20))
        '2026-03-31'
        """
        if self.rule in DAYS:
            return start + timedelta(days=DAYS[self.rule] * self.interval - 1)
        following = add_months(start, MONTHS[self.rule] * self.interval)
        if self.rule == "monthlylastday":
            following = following.replace(day=1)
        return following - ONE_DAY

    def due_on(self, period: Period) -> date:
        """Return the day on which the invoice of a period is due.

        >>> january = Period(date(2026, 1, 1), date(2026, 1, 31))
        >>> Recurrence("monthly").due_on(january).isoformat()
        '2026-01-01'
        >>> Recurrence("monthly", prepaid=False).due_on(january).isoformat()
        '2026-02-01'
        >>> Recurrence("monthlylastday", prepaid=False).due_on(january).isoformat()
        '2026-01-31'
        """
        if self.prepaid:
            return period.start
        return period.end if self.rule == "monthlylastday" else period.end + ONE_DAY

    def periods(self, start: date, until: date | None) -> Iterator[Period]:
        """Return the periods from a day on; the last one is cut off at the end.

        >>> monthly = Recurrence("monthly")
        >>> for each in monthly.periods(date(2026, 1, 1), date(2026, 3, 15)):
        ...     print(*each)
        2026-01-01 2026-01-31
        2026-02-01 2026-02-28
        2026-03-01 2026-03-15
        >>> print(*next(monthly.periods(date(2026, 3, 15), date(2026, 3, 15))))
        2026-03-15 2026-03-15
        >>> list(monthly.periods(date(2026, 3, 16), date(2026, 3, 15)))
        []
        """
        for _number in range(MOST_PERIODS):
            if until and start > until:
                return
            end = self.end_of(start)
            yield Period(start, min(end, until) if until else end)
            start = end + ONE_DAY

    def first_start(self, start: date, wanted: date) -> date | None:
        """Return the first day of a period that begins on a day or later.

        :param start: the first day of any period before
        :return: None if that is too far away

        >>> monthly = Recurrence("monthly")
        >>> for day in date(2026, 3, 1), date(2026, 3, 2), date(2025, 1, 1):
        ...     print(monthly.first_start(date(2026, 1, 1), day))
        2026-03-01
        2026-04-01
        2026-01-01
        >>> Recurrence("daily").first_start(date(2026, 1, 1), date(2106, 1, 1))
        """
        for period in self.periods(start, None):
            if period.start >= wanted:
                return period.start
        return None

    @property
    def per_year(self) -> float:
        """Return how many periods a year has.

        >>> Recurrence("quarterly").per_year, Recurrence("monthly", 2).per_year
        (4.0, 6.0)
        >>> [round(Recurrence("weekly", number).per_year, 2) for number in (1, 2)]
        [52.14, 26.07]
        """
        if self.rule in DAYS:
            return 365 / (DAYS[self.rule] * self.interval)
        return 12 / (MONTHS[self.rule] * self.interval)


def add_months(day: date, months: int) -> date:
    """Return the same day of another month, or the last one that the month has.

    >>> for months in 1, 13, -2, 0:
    ...     print(add_months(date(2026, 1, 31), months))
    2026-02-28
    2027-02-28
    2025-11-30
    2026-01-31
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))

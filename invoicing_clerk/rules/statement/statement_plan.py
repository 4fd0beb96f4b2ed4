"""On which day the monthly statements are made, and what they are about."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container
from datetime import date, timedelta

# A company that never works for so long has no usable calendar.
LONGEST_CLOSURE = 14


def as_of(today: date) -> date:
    """The day that monthly statements made in this month are about: the last one's end.

    >>> as_of(date(2026, 3, 4)), as_of(date(2026, 1, 1))
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 31))
    """
    return today.replace(day=1) - timedelta(days=1)


def planned_day(today: date, day: int) -> date:
    """The day of this month; its last day where the month has fewer.

    >>> planned_day(date(2026, 2, 10), 31), planned_day(date(2026, 2, 10), 3)
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 3))
    """
    return today.replace(day=min(day, monthrange(today.year, today.month)[1]))


def next_working_day(day: date, closed: Container[date]) -> date:
    """The day itself, or the first one after it on which somebody works.

    The first of November 2026 is a Sunday, and the Monday after it is a holiday:

    >>> next_working_day(date(2026, 11, 1), {date(2026, 11, 1), date(2026, 11, 2)})
    datetime.date(2026, 11, 3)

    Where nobody ever works, the day stays: late is worse than on a Sunday.

    >>> nobody = {date(2026, 11, 1) + timedelta(days=n) for n in range(60)}
    >>> next_working_day(date(2026, 11, 1), nobody)
    datetime.date(2026, 11, 1)
    """
    for days in range(LONGEST_CLOSURE + 1):
        if (later := day + timedelta(days=days)) not in closed:
            return later
    return day

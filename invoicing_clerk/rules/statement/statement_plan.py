"""The day on which monthly statements are created, and their date."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Container
from datetime import date, timedelta

# A company that is closed for longer has no usable calendar.
LONGEST_CLOSURE = 14


def as_of(today: date) -> date:
    """Return the date of the statements of this month: the end of the previous month.

    >>> as_of(date(2026, 3, 4)), as_of(date(2026, 1, 1))
    (datetime.date(2026, 2, 28), datetime.date(2025, 12, 31))
    """
    return today.replace(day=1) - timedelta(days=1)


def planned_day(today: date, day: int) -> date:
    """Return the day in this month, or the last day of a shorter month.

    >>> planned_day(date(2026, 2, 10), 31), planned_day(date(2026, 2, 10), 3)
    (datetime.date(2026, 2, 28), datetime.date(2026, 2, 3))
    """
    return today.replace(day=min(day, monthrange(today.year, today.month)[1]))


def next_working_day(day: date, closed: Container[date]) -> date:
    """Return the day, or the first working day after it.

    The first of November 2026 is a Sunday, and the Monday after it is a holiday:

    >>> next_working_day(date(2026, 11, 1), {date(2026, 11, 1), date(2026, 11, 2)})
    datetime.date(2026, 11, 3)

    After more than two weeks, the day stays: better on a Sunday than late.

    >>> closed = [date(2026, 11, 1) + timedelta(days=n) for n in range(15)]
    >>> next_working_day(date(2026, 11, 1), closed[:14])
    datetime.date(2026, 11, 15)
    >>> next_working_day(date(2026, 11, 1), closed)
    datetime.date(2026, 11, 1)
    """
    for days in range(LONGEST_CLOSURE + 1):
        if (later := day + timedelta(days=days)) not in closed:
            return later
    return day

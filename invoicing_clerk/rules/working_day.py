"""Working days, by the days on which a company is closed."""

from __future__ import annotations

from collections.abc import Container
from datetime import date, timedelta

# A company that is closed for longer has no usable calendar.
LONGEST_CLOSURE = 14


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


def add_working_days(day: date, number: int, closed: Container[date]) -> date:
    """Return the day that is a number of working days away, before it if negative.

    >>> friday, weekend = date(2026, 11, 27), {date(2026, 11, 28), date(2026, 11, 29)}
    >>> str(add_working_days(friday, 1, weekend)), str(add_working_days(friday, 0, ()))
    ('2026-11-30', '2026-11-27')
    >>> str(add_working_days(date(2026, 12, 1), -3, weekend))
    '2026-11-26'

    From a closed day, the next working day is the first one:

    >>> str(add_working_days(date(2026, 11, 28), 1, weekend))
    '2026-11-30'
    """
    step = timedelta(days=1 if number > 0 else -1)
    for _each in range(abs(number)):
        day += step
        while day in closed:
            day += step
    return day

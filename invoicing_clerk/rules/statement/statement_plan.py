"""The day on which monthly statements are created, and their date."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


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

"""Retention of documents: from the end of the fiscal year, never before a hold ends."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

DOCUMENT_STATES = [("filed", "Filed"), ("disposed", "Disposed Of")]


def keep_until(year_end: date, years: int) -> date:
    """Return the last day on which a document is kept.

    :param year_end: the last day of the fiscal year of the document

    >>> str(keep_until(date(2026, 12, 31), 8)), str(keep_until(date(2024, 2, 29), 1))
    ('2034-12-31', '2025-02-28')

    The end of a month stays one:

    >>> str(keep_until(date(2025, 2, 28), 3))
    '2028-02-29'
    """
    end: date = year_end + relativedelta(years=years)
    if (year_end + timedelta(1)).day == 1:
        end += relativedelta(day=31)
    return end

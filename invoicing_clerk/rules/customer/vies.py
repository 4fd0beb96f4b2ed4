"""Answers of VIES, the EU's register of tax IDs, and when to ask again.

That the register of a country cannot be reached says nothing about the tax ID: then it
is unknown.
"""

from __future__ import annotations

from datetime import datetime, timedelta

STATES = [("unknown", "Unknown"), ("valid", "Valid"), ("invalid", "Invalid")]
# Confirmed tax IDs are asked about again after this time, rejected ones earlier.
VALID_DAYS, INVALID_DAYS = 90, 7
# Outages: after minutes at first, then hours, at most a day.
FIRST_RETRY, LAST_RETRY = timedelta(minutes=15), timedelta(days=1)
# A number that VIES could not even read.
REFUSED = "INVALID_INPUT"


def state_of_fault(text: str) -> str:
    """Return the state of a tax ID after an error.

    >>> state_of_fault("MS_UNAVAILABLE"), state_of_fault("INVALID_INPUT")
    ('unknown', 'invalid')
    >>> state_of_fault("Connection refused")
    'unknown'
    """
    return "invalid" if REFUSED in text else "unknown"


def next_request(state: str, now: datetime, failures: int = 0) -> datetime:
    """Return when to ask again.

    :param failures: how many times in a row there was no answer

    >>> now = datetime(2026, 1, 31)
    >>> next_request("valid", now) - now, next_request("invalid", now) - now
    (datetime.timedelta(days=90), datetime.timedelta(days=7))
    >>> [str(next_request("unknown", now, each) - now) for each in (1, 2, 4, 99)]
    ['0:15:00', '0:30:00', '2:00:00', '1 day, 0:00:00']
    >>> str(next_request("unknown", now) - now)
    '0:15:00'
    """
    days = {"valid": VALID_DAYS, "invalid": INVALID_DAYS}.get(state)
    if days:
        return now + timedelta(days=days)
    doublings = min(max(failures - 1, 0), 10)
    wait: timedelta = FIRST_RETRY * 2**doublings
    return now + min(wait, LAST_RETRY)

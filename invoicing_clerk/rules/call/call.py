"""Telephone calls: their steps, how long they took, when to try again."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

DIRECTIONS = [("in", "Incoming"), ("out", "Outgoing")]

STATES = [
    ("planned", "To Call"),
    ("in_progress", "In Progress"),
    ("done", "Done"),
    ("dropped", "Not Needed"),
]

# state -> states that may follow. Guards and buttons read this table.
TRANSITIONS: dict[str, tuple[str, ...]] = {
    "planned": ("in_progress", "dropped"),
    "in_progress": ("done", "planned"),
    "done": (),
    "dropped": ("planned",),
}

# What may be left to do after a call.
NEXT_STEPS = [
    ("billing_error", "Open a Billing Error"),
    ("promise", "Take Down a Promise"),
    ("copies", "Send Copies"),
    ("contact", "Correct Contact Data"),
    ("call_back", "Call Back"),
    ("attempt", "Try Again"),
    ("supervisor", "Tell a Supervisor"),
]

LAST_RESORTS = [
    ("letter", "Write a Letter"),
    ("supervisor", "Tell a Supervisor"),
    ("nothing", "Leave It"),
]

# Hours of the day at which people are tried, in the clerk's own time.
SLOTS = (time(9, 30), time(11, 30), time(14), time(16))

LONGEST = timedelta(hours=24)
AHEAD = timedelta(minutes=10)

# A customer who calls again about the same within these days was not helped.
REPEAT_DAYS = 7


def is_allowed(state: str, new_state: str) -> bool:
    """Whether a call may go from one state to another.

    >>> is_allowed("planned", "in_progress"), is_allowed("done", "planned")
    (True, False)
    """
    return new_state in TRANSITIONS[state]


def minutes(start: datetime | None, end: datetime | None) -> float:
    """How long a call took; nothing as long as it has not ended.

    >>> minutes(datetime(2026, 1, 5, 9, 0), datetime(2026, 1, 5, 9, 3, 30))
    3.5
    >>> minutes(datetime(2026, 1, 5, 9, 0), None)
    0.0
    """
    return (end - start).total_seconds() / 60 if start and end else 0.0


@dataclass(frozen=True)
class Retry:
    """What follows when nobody was reached.

    ``days`` until the next attempt, ``attempts`` in all, then ``last_resort``.
    """

    days: int
    attempts: int
    last_resort: str = "letter"


def next_attempt(
    retry: Retry, tried: Iterable[datetime], is_working_day: Callable[[date], bool]
) -> datetime | None:
    """When to try again: some days later, on a working day, at another hour.

    :param tried: the attempts so far, in the clerk's own time, at least one
    :return: in the clerk's own time; None when it has been tried often enough

    On Thursday at half past nine nobody answers. Friday it is in the afternoon, which
    is farthest from what was tried, then between the two, on Monday:

    >>> weekday = lambda day: day.weekday() < 5
    >>> first = datetime(2026, 1, 8, 9, 30)
    >>> second = next_attempt(Retry(1, 4), [first], weekday)
    >>> second.strftime("%a %H:%M")
    'Fri 16:00'
    >>> next_attempt(Retry(1, 4), [first, second], weekday).strftime("%a %H:%M")
    'Mon 11:30'
    >>> next_attempt(Retry(1, 2), [first, second], weekday) is None
    True

    Where no day is a working day, the day is the one that was asked for:

    >>> next_attempt(Retry(1, 2), [first], lambda day: False).strftime("%a")
    'Fri'
    """
    tried = list(tried)
    if len(tried) >= retry.attempts:
        return None
    wanted = max(tried).date() + timedelta(days=max(retry.days, 1))
    days = (wanted + timedelta(days=ahead) for ahead in range(31))
    day = next(filter(is_working_day, days), wanted)
    return datetime.combine(day, _other_hour(each.time() for each in tried))


def _other_hour(tried: Iterable[time]) -> time:
    """The hour that is farthest from every one that was tried; of equals the first.

    >>> _other_hour([time(9, 30)]), _other_hour([time(16, 10), time(10)])
    (datetime.time(16, 0), datetime.time(14, 0))
    """
    hours = [_of_day(each) for each in tried]
    return max(SLOTS, key=lambda slot: min(abs(_of_day(slot) - hour) for hour in hours))


def _of_day(moment: time) -> int:
    return moment.hour * 60 + moment.minute


# Days overdue from which an amount is in the next bucket.
BUCKET_STARTS = (1, 31, 61, 91, 121)


def bucket(days_overdue: int) -> int:
    """Which ageing bucket an open item is in: 0 not due, 1 for 1-30 days, … 5 over 120.

    >>> [bucket(days) for days in (-5, 0, 1, 30, 31, 120, 121)]
    [0, 0, 1, 1, 2, 4, 5]
    """
    return bisect_right(BUCKET_STARTS, days_overdue)


def resolution_rate(calls: int, repeats: int) -> float | None:
    """First-call resolution: 1 - repeats / calls, None where nobody called.

    >>> resolution_rate(20, 3), resolution_rate(0, 0)
    (0.85, None)
    """
    return 1 - repeats / calls if calls else None

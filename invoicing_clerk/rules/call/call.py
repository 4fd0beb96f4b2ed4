"""Phone calls: lifecycle, duration, and the time of the next attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ..lifecycle import Lifecycle, Step

DIRECTIONS = [("in", "Incoming"), ("out", "Outgoing")]

STATES = [
    ("planned", "Planned"),
    ("in_progress", "In Progress"),
    ("done", "Done"),
    ("dropped", "Not Needed"),
]

# A call that was taken without Odoo is logged in the state that it has reached.
LIFECYCLE = Lifecycle(
    STATES,
    {
        "start": Step(("planned",), "in_progress", "clerk"),
        "put_back": Step(("in_progress",), "planned", "clerk"),
        "finish": Step(("in_progress",), "done", "clerk"),
        "drop": Step(("planned",), "dropped", "clerk"),
        "plan_again": Step(("dropped",), "planned", "clerk"),
    },
    starts=("in_progress", "planned", "done", "dropped"),
)

# Work that may remain after a call.
NEXT_STEPS = [
    ("billing_error", "Open a Billing Error"),
    ("promise", "Record a Promise"),
    ("copies", "Send Copies"),
    ("contact", "Correct Contact Data"),
    ("call_back", "Call Back"),
    ("attempt", "Try Again"),
    ("supervisor", "Notify a Supervisor"),
]

LAST_RESORTS = [
    ("letter", "Write a Letter"),
    ("supervisor", "Notify a Supervisor"),
    ("nothing", "Do Nothing"),
]

# Times of day for attempts, in the time zone of the clerk.
SLOTS = (time(9, 30), time(11, 30), time(14), time(16))

MAX_DURATION = timedelta(hours=24)
# Clocks of phone systems may be ahead of ours by this much.
CLOCK_TOLERANCE = timedelta(minutes=10)

# A customer who calls again about the same topic within these days was not helped.
REPEAT_DAYS = 7


def minutes(start: datetime | None, end: datetime | None) -> float:
    """Return the duration of a call, zero until it has ended.

    >>> minutes(datetime(2026, 1, 5, 9, 0), datetime(2026, 1, 5, 9, 3, 30))
    3.5
    >>> minutes(datetime(2026, 1, 5, 9, 0), None)
    0.0
    """
    return (end - start).total_seconds() / 60 if start and end else 0.0


def time_problem(
    start: datetime | None, end: datetime | None, now: datetime
) -> str | None:
    """Return what makes the times of a call impossible, None if they are possible.

    >>> now = datetime(2026, 1, 5, 9, 0)
    >>> def problem(start, end=None):
    ...     return time_problem(now - start, end and now - end, now)
    >>> hour, second = timedelta(hours=1), timedelta(seconds=1)
    >>> problem(hour), problem(hour, hour), problem(hour, 2 * hour)
    (None, None, 'order')

    It lasts 24 hours at most, and the clock may be ten minutes ahead:

    >>> problem(25 * hour, hour), problem(25 * hour + second, hour)
    (None, 'duration')
    >>> problem(-hour / 6), problem(-hour / 6 - second)
    (None, 'future')
    """
    if max(filter(None, (start, end)), default=now) > now + CLOCK_TOLERANCE:
        return "future"
    if not (start and end):
        return None
    if end < start:
        return "order"
    return "duration" if end - start > MAX_DURATION else None


def repeats_since(start: datetime) -> datetime:
    """Return since when a call about the same topic makes this one a repeat.

    >>> str(repeats_since(datetime(2026, 1, 12, 10, 0)))
    '2026-01-05 10:00:00'
    """
    return start - timedelta(days=REPEAT_DAYS)


@dataclass(frozen=True)
class Retry:
    """The policy for calls that reached nobody.

    ``days`` until the next attempt, ``attempts`` in all, then ``last_resort``.
    """

    days: int
    attempts: int
    last_resort: str = "letter"


def next_attempt(
    retry: Retry, tried: Iterable[datetime], is_working_day: Callable[[date], bool]
) -> datetime | None:
    """Return the time of the next attempt, on a later working day at another hour.

    :param tried: at least one attempt so far, in the time zone of the clerk
    :return: in the time zone of the clerk; None after the last attempt

    On Thursday at half past nine nobody answers. The next attempt is on Friday
    afternoon, which is farthest from the first, and then between the two, on Monday:

    >>> weekday = lambda day: day.weekday() < 5
    >>> first = datetime(2026, 1, 8, 9, 30)
    >>> second = next_attempt(Retry(1, 4), [first], weekday)
    >>> second.strftime("%a %H:%M")
    'Fri 16:00'
    >>> next_attempt(Retry(1, 4), [first, second], weekday).strftime("%a %H:%M")
    'Mon 11:30'
    >>> next_attempt(Retry(1, 2), [first, second], weekday) is None
    True

    It is never on the same day:

    >>> next_attempt(Retry(0, 4), [first], weekday).strftime("%a %H:%M")
    'Fri 16:00'

    If there is no working day within a month, the policy alone decides:

    >>> for opening in date(2026, 2, 8), date(2026, 2, 9):
    ...     attempt = next_attempt(Retry(1, 2), [first], lambda day: day >= opening)
    ...     print(attempt.strftime("%d %b"))
    08 Feb
    09 Jan
    """
    tried = list(tried)
    if len(tried) >= retry.attempts:
        return None
    earliest = max(tried).date() + timedelta(days=max(retry.days, 1))
    days = (earliest + timedelta(days=ahead) for ahead in range(31))
    day = next(filter(is_working_day, days), earliest)
    return datetime.combine(day, _other_hour(each.time() for each in tried))


def _other_hour(tried: Iterable[time]) -> time:
    """Return the slot that is farthest from all attempts; the first of equals.

    >>> _other_hour([time(9, 30)]), _other_hour([time(16, 10), time(10)])
    (datetime.time(16, 0), datetime.time(14, 0))
    >>> _other_hour([time(12, 45)]), _other_hour([time(9, 40), time(15, 50)])
    (datetime.time(9, 30), datetime.time(11, 30))
    """
    minutes_tried = [_minute_of_day(each) for each in tried]
    return max(
        SLOTS,
        key=lambda slot: min(
            abs(_minute_of_day(slot) - each) for each in minutes_tried
        ),
    )


def _minute_of_day(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def resolution_rate(calls: int, repeats: int) -> float | None:
    """Return first-call resolution: 1 - repeats / calls, None without calls.

    >>> resolution_rate(20, 3), resolution_rate(0, 0)
    (0.85, None)
    """
    return 1 - repeats / calls if calls else None

"""Requests for documents: their way to the file, and when recipients are reminded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from ..lifecycle import SYSTEM, Lifecycle, Step

ASKED_OF = [
    ("colleague", "Colleague"),
    ("customer", "Customer"),
    ("supplier", "Supplier"),
]

REQUEST_STATES = [
    ("draft", "Draft"),
    ("open", "Requested"),
    ("done", "Completed"),
    ("cancelled", "Cancelled"),
]
REQUEST_LIFECYCLE = Lifecycle(
    REQUEST_STATES,
    {
        "send": Step(("draft",), "open", "clerk"),
        "renew": Step(("open",), (), "clerk"),
        "revoke": Step(("open",), (), "clerk"),
        "hear": Step(("open",), (), SYSTEM),
        "complete": Step(("open",), "done", SYSTEM),
        "cancel": Step(("draft", "open"), "cancelled", "clerk"),
    },
)

ITEM_STATES = [
    ("draft", "Not Sent"),
    ("asked", "Requested"),
    ("reminded", "Reminded"),
    ("received", "To Check"),
    ("wrong", "Wrong Document"),
    ("filed", "Accepted and Filed"),
    ("waived", "Waived"),
    ("cancelled", "Cancelled"),
]
# The recipient has to send something.
WAITING_STATES = ("asked", "reminded", "wrong")
CLOSED_STATES = ("filed", "waived", "cancelled")
OPEN_STATES = ("draft", *WAITING_STATES, "received")
ITEM_LIFECYCLE = Lifecycle(
    ITEM_STATES,
    {
        "ask": Step(("draft",), "asked", SYSTEM),
        "remind": Step(WAITING_STATES, "reminded", SYSTEM),
        "receive": Step((*WAITING_STATES, "received"), "received", SYSTEM),
        "accept": Step(("received",), "filed", "clerk"),
        "refuse": Step(("received",), "wrong", "clerk"),
        "waive": Step((*WAITING_STATES, "received"), "waived", "clerk"),
        "cancel": Step(OPEN_STATES, "cancelled", SYSTEM),
    },
)

UPLOAD_STATES = [
    ("quarantine", "To Check"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
]
UPLOAD_LIFECYCLE = Lifecycle(
    UPLOAD_STATES,
    {
        "accept": Step(("quarantine",), "accepted", SYSTEM),
        "refuse": Step(("quarantine",), "refused", SYSTEM),
    },
)

SATURDAY = 5


def add_working_days(day: date, number: int) -> date:
    """Return the day that is a number of working days, Monday to Friday, away.

    >>> friday = date(2026, 11, 27)
    >>> str(add_working_days(friday, 1)), str(add_working_days(friday, -3))
    ('2026-11-30', '2026-11-24')
    >>> str(add_working_days(friday, 7)), str(add_working_days(friday, 0))
    ('2026-12-08', '2026-11-27')

    From a weekend, the next working day is the first one:

    >>> str(add_working_days(date(2026, 11, 28), 1))
    '2026-11-30'
    """
    step = timedelta(days=1 if number > 0 else -1)
    for _each in range(abs(number)):
        day += step
        while day.weekday() >= SATURDAY:
            day += step
    return day


def stage_due(due: date, today: date, stages: Iterable[int]) -> int | None:
    """Return the last of the stages that has begun, or None before the first.

    :param stages: working days after the due date, negative before it

    >>> stages, due = (-3, 0, 3, 7), date(2026, 11, 27)
    >>> stage_due(due, date(2026, 11, 23), stages)
    >>> stage_due(due, date(2026, 11, 24), stages)
    -3
    >>> stage_due(due, date(2026, 12, 1), stages)
    0
    >>> stage_due(due, date(2027, 1, 1), stages)
    7
    """
    begun = [each for each in stages if add_working_days(due, each) <= today]
    return max(begun, default=None)

"""Requests for documents: their way to the file, and when recipients are reminded."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import date

from ..lifecycle import SYSTEM, Lifecycle, Step
from ..working_day import add_working_days

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


def stage_due(
    due: date, today: date, stages: Iterable[int], closed: Container[date] = ()
) -> int | None:
    """Return the last of the stages that has begun, or None before the first.

    :param stages: working days after the due date, negative before it
    :param closed: the days that are no working days

    >>> stages, due = (-3, 0, 3, 7), date(2026, 11, 27)
    >>> weekends = {date(2026, 11, day) for day in (21, 22, 28, 29)}
    >>> stage_due(due, date(2026, 11, 23), stages, weekends)
    >>> stage_due(due, date(2026, 11, 24), stages, weekends)
    -3
    >>> stage_due(due, date(2026, 12, 1), stages, weekends)
    0
    >>> stage_due(due, date(2027, 1, 1), stages, weekends)
    7

    A holiday on the first of December moves the third working day:

    >>> stage_due(due, date(2026, 12, 2), stages, weekends)
    3
    >>> stage_due(due, date(2026, 12, 2), stages, weekends | {date(2026, 12, 1)})
    0
    """
    begun = [each for each in stages if add_working_days(due, each, closed) <= today]
    return max(begun, default=None)

"""Requests of auditors: who takes which step, when they are due, what was answered.

"Provided by client" (PBC) lists are what auditors ask for before and during fieldwork.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

STATES = [
    ("open", "Open"),
    ("work", "In Work"),
    ("delivered", "Delivered"),
    ("queried", "Queried"),
    ("accepted", "Accepted"),
]
AREAS = [
    ("receivables", "Receivables"),
    ("revenue", "Revenue"),
    ("credit_notes", "Credit Notes"),
    ("cut_off", "Cut-off"),
    ("customers", "Customers"),
    ("contracts", "Contracts"),
    ("deferred", "Deferred Revenue"),
    ("receipts", "Receipts"),
    ("tax", "Taxes"),
    ("controls", "Controls"),
    ("other", "Other"),
]
# What billing still owes the auditors.
OPEN_STATES = ("open", "work", "queried")

CLERK = "clerk"
AUDITOR = "auditor"
# From a state to the next, and the side that takes the step.
STEPS = {
    ("open", "work"): CLERK,
    ("open", "delivered"): CLERK,
    ("work", "open"): CLERK,
    ("work", "delivered"): CLERK,
    ("queried", "work"): CLERK,
    ("queried", "delivered"): CLERK,
    ("delivered", "work"): CLERK,
    ("delivered", "queried"): AUDITOR,
    ("delivered", "accepted"): AUDITOR,
    ("accepted", "queried"): AUDITOR,
}


def side_of(before: str, after: str) -> str | None:
    """Which side takes a step; None where there is no such step.

    >>> side_of("work", "delivered"), side_of("delivered", "accepted")
    ('clerk', 'auditor')
    >>> side_of("open", "accepted") is None
    True
    """
    return STEPS.get((before, after))


def next_states(before: str, sides: Iterable[str]) -> list[str]:
    """Where somebody of these sides can take a request, in the order of the states.

    >>> next_states("delivered", {AUDITOR})
    ['queried', 'accepted']
    >>> next_states("delivered", {CLERK, AUDITOR})
    ['work', 'queried', 'accepted']
    >>> next_states("open", {AUDITOR})
    []
    """
    of = set(sides)
    return [after for after, _label in STATES if side_of(before, after) in of]


def due_date(
    days_of_engagement: Mapping[str, date | None], anchor: str, days: int
) -> date | None:
    """When a standard request is due: days after (or before) a day of the engagement.

    An engagement that has not planned the day yet counts from the end of its period.

    >>> calendar = {"field_start": date(2026, 3, 2), "date_to": date(2025, 12, 31)}
    >>> due_date(calendar, "field_start", -7)
    datetime.date(2026, 2, 23)
    >>> due_date(calendar, "report_date", 10)
    datetime.date(2026, 1, 10)
    """
    start = days_of_engagement.get(anchor) or days_of_engagement.get("date_to")
    return start and start + timedelta(days=days)


def digest_line(record: int, values: Mapping[str, str]) -> bytes:
    """What a record adds to the SHA-256 of an answer, which goes through it by id.

    The order of the columns does not matter.

    >>> digest_line(7, {"b": "y", "a": "x"})
    b'[7, {"a": "x", "b": "y"}]\\n'
    """
    line = json.dumps([record, values], sort_keys=True, ensure_ascii=True)
    return f"{line}\n".encode()

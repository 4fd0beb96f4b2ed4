"""Requests of auditors: who takes which step, when they are due, what was answered.

"Provided by client" (PBC) lists are what auditors ask for before and during fieldwork.
"""

import hashlib
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


def digest(rows: Iterable[tuple[int, Mapping[str, str]]]) -> str:
    """SHA-256 of an answer: the same for the same records with the same values.

    Neither the order of records nor that of columns matters.

    >>> digest([(2, {"a": "x", "b": "y"}), (1, {})]) == digest(
    ...     [(1, {}), (2, {"b": "y", "a": "x"})]
    ... )
    True
    >>> digest([(1, {"a": "x"})]) == digest([(1, {"a": "X"})])
    False
    >>> digest([])[:8]
    'e3b0c442'
    """
    total = hashlib.sha256()
    for record, values in sorted(rows, key=lambda row: row[0]):
        line = json.dumps([record, values], sort_keys=True, ensure_ascii=True)
        total.update(f"{line}\n".encode())
    return total.hexdigest()

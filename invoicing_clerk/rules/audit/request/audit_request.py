"""Audit requests: states, due dates and the digest of delivered query results.

The requests of an engagement are its "provided by client" (PBC) list.
"""

import json
from collections.abc import Mapping
from datetime import date, timedelta

from ...lifecycle import Lifecycle, Step

STATES = [
    ("open", "Open"),
    ("work", "In Progress"),
    ("delivered", "Delivered"),
    ("queried", "Clarification"),
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
# States in which billing owes the auditors an answer.
OPEN_STATES = ("open", "work", "queried")

CLERK = "clerk"
AUDITOR = "auditor"
LIFECYCLE = Lifecycle(
    STATES,
    {
        # Also takes an answer back that the auditors have not accepted yet.
        "take": Step(("open", "queried", "delivered"), "work", CLERK),
        "put_back": Step(("work",), "open", CLERK),
        "deliver": Step(OPEN_STATES, "delivered", CLERK),
        "accept": Step(("delivered",), "accepted", AUDITOR),
        "clarify": Step(("delivered", "accepted"), "queried", AUDITOR),
    },
)


# Days that are left for a request whose due date had passed when it was made.
DAYS_OF_NOTICE = 7


def due_date(
    dates: Mapping[str, date | None], anchor: str, days: int, today: date
) -> date | None:
    """Return the due date of a standard request: days after a date of the engagement.

    If the engagement does not have the date, the end of its period is used. Negative
    days are before it.

    >>> dates = {"field_start": date(2026, 3, 2), "date_to": date(2025, 12, 31)}
    >>> due_date(dates, "field_start", -7, today=date(2026, 2, 1))
    datetime.date(2026, 2, 23)
    >>> due_date(dates, "report_date", 10, today=date(2026, 1, 10))
    datetime.date(2026, 1, 10)

    No request is overdue when it is made:

    >>> due_date(dates, "report_date", 10, today=date(2026, 1, 11))
    datetime.date(2026, 1, 18)
    >>> due_date({}, "report_date", 10, today=date(2026, 1, 11)) is None
    True
    """
    start = dates.get(anchor) or dates.get("date_to")
    due = start and start + timedelta(days=days)
    if due and due < today:
        return today + timedelta(days=DAYS_OF_NOTICE)
    return due


def digest_line(record: int, values: Mapping[str, str]) -> bytes:
    """Return the bytes of a record for the SHA-256 of a query result, in order of id.

    The order of the columns does not matter.

    >>> digest_line(7, {"b": "y", "a": "x"})
    b'[7, {"a": "x", "b": "y"}]\\n'
    >>> digest_line(8, {"a": "é"})
    b'[8, {"a": "\\\\u00e9"}]\\n'
    """
    line = json.dumps([record, values], sort_keys=True, ensure_ascii=True)
    return f"{line}\n".encode()

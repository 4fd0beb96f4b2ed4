"""Bounced payments: what becomes of money that the bank has taken back."""

from __future__ import annotations

from datetime import date

from dateutil.relativedelta import relativedelta  # type: ignore[import-untyped]

from ..lifecycle import Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("booked", "Booked"),
    ("presented", "Presented Again"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "book": Step(("draft",), "booked", "clerk"),
        "present": Step(("booked",), "presented", "clerk"),
        "cancel": Step(("draft",), "cancelled", "clerk"),
    },
)
# States in which the ledger shows the bounce.
IN_BOOKS = ("booked", "presented")

SCHEMES = [
    ("check", "Check"),
    ("transfer", "Transfer or Direct Debit (ISO 20022)"),
    ("ach", "ACH"),
]


def first_day(today: date, months: int) -> date:
    """Return the first day on which a bounce still marks its customer.

    :param months: how long a bounce is remembered; 0 for not at all

    >>> first_day(date(2026, 3, 31), 1), first_day(date(2026, 3, 31), 12)
    (datetime.date(2026, 3, 1), datetime.date(2025, 4, 1))
    >>> first_day(date(2026, 3, 31), 0)
    datetime.date(2026, 4, 1)
    """
    day: date = today - relativedelta(months=months) + relativedelta(days=1)
    return day

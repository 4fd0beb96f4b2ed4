"""Payment vouchers: money that is paid out only after several people agreed to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from ..entered_date import MOST_DAYS
from ..lifecycle import Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("prepared", "Prepared"),
    ("checked", "Checked"),
    ("approved", "Approved"),
    ("paid", "Paid"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "prepare": Step(("draft",), "prepared", "clerk"),
        "check": Step(("prepared",), "checked", "clerk"),
        "approve": Step(("prepared", "checked"), "approved", "clerk"),
        "enter_payment": Step(("draft", "prepared", "checked", "approved")),
        "pay": Step(("approved",), "paid", "clerk"),
        "void": Step(("paid",), "approved", "supervisor"),
        "return": Step(("prepared", "checked", "approved"), "draft", "clerk"),
        "cancel": Step(
            ("draft", "prepared", "checked", "approved"), "cancelled", "clerk"
        ),
    },
)
# States in which the amounts of a voucher are reserved.
LIVE = ("prepared", "checked", "approved")

KINDS = [
    ("bill", "Vendor Bills"),
    ("refund", "Refund of a Customer"),
    ("expense", "Expense"),
]
# Lines of one voucher: it is printed on a sheet or two, and read by four people.
MAX_LINES = 200

# The duties for which a step is a person's own, in their order.
DUTIES = ("prepare", "check", "approve", "pay")
# Duties that belong to different people where this number of people is needed.
SEPARATE: dict[int, Sequence[str]] = {
    1: (),
    2: ("prepare", "approve"),
    3: ("prepare", "check", "approve"),
    4: DUTIES,
}


def payment_days(today: date) -> tuple[date, date]:
    """Return the first and the last day that a payment can have.

    >>> payment_days(date(2026, 11, 30))
    (datetime.date(2025, 11, 29), datetime.date(2027, 12, 1))
    """
    return today - timedelta(MOST_DAYS), today + timedelta(MOST_DAYS)


def people_needed(amount: Decimal, thresholds: Sequence[Decimal]) -> int:
    """Return how many different people an amount needs, from 1 to 4.

    :param amount: in company currency
    :param thresholds: amounts from which two, three and four people are needed

    >>> limits = [Decimal(0), Decimal(5000), Decimal(25000)]
    >>> [people_needed(Decimal(each), limits) for each in ("0.01", "5000", "25000")]
    [2, 3, 4]
    >>> people_needed(Decimal("4999.99"), limits)
    2
    >>> people_needed(Decimal(50), [Decimal(100), Decimal(5000), Decimal(25000)])
    1
    """
    return 1 + sum(amount >= threshold for threshold in thresholds)


def duty_taken_before(
    duty: str, user: int, takers: Mapping[str, Collection[int]], needed: int
) -> str | None:
    """Return an earlier duty that keeps a user from this one, or None.

    :param takers: the ids of those who took each duty of the voucher; whoever entered
        it has prepared it, too
    :param needed: the number of different people, see `people_needed`

    >>> duty_taken_before("approve", 7, {"prepare": [7]}, 2)
    'prepare'
    >>> duty_taken_before("approve", 8, {"prepare": [7], "check": [8]}, 2) is None
    True
    >>> duty_taken_before("approve", 8, {"prepare": [7], "check": [8]}, 3)
    'check'
    >>> duty_taken_before("pay", 7, {"prepare": [7], "approve": [8]}, 3) is None
    True
    >>> duty_taken_before("pay", 7, {"prepare": [6, 7], "approve": [8]}, 4)
    'prepare'
    >>> duty_taken_before("approve", 7, {"prepare": [7]}, 1) is None
    True
    """
    separate = SEPARATE[needed]
    if duty not in separate:
        return None
    earlier = separate[: list(separate).index(duty)]
    return next((each for each in earlier if user in takers.get(each, ())), None)


def needs_check(needed: int) -> bool:
    """Return whether a voucher is approved only after somebody has checked it.

    >>> needs_check(2), needs_check(3)
    (False, True)
    """
    return "check" in SEPARATE[needed]

"""The close list of receivables: its months, its tasks, and the figures of both.

A task is signed by two people, with the figure that they have seen. A figure that is
another one later takes the signature away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

from ..lifecycle import SYSTEM, Lifecycle, Step

STATES = [("open", "Open"), ("closed", "Closed"), ("changed", "Changed")]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "prepare": Step(("open", "changed"), (), "clerk"),
        "close": Step(("open", "changed"), "closed", "supervisor"),
        "refresh": Step(("open", "closed", "changed"), (), "clerk"),
        "reopen": Step(("closed",), "open", "supervisor"),
        "change": Step(("closed",), "changed", SYSTEM),
    },
)
REVIEWER = "reviewer"
TASK_STATES = [
    ("todo", "To Do"),
    ("prepared", "Prepared"),
    ("reviewed", "Reviewed"),
    ("excluded", "Not Applicable"),
    ("blocked", "Blocked"),
    ("changed", "Changed"),
]
WAITING = ("todo", "blocked", "changed")
SIGNED = ("prepared", "reviewed", "excluded")
FINISHED = ("reviewed", "excluded")
TASK_LIFECYCLE = Lifecycle(
    TASK_STATES,
    {
        "prepare": Step(WAITING, "prepared", "clerk"),
        "review": Step(("prepared",), FINISHED, REVIEWER),
        # Somebody else agrees that a task does not apply: that is a review.
        "exclude": Step(WAITING, "prepared", "clerk"),
        "block": Step(("todo", "prepared", "changed"), "blocked", "clerk"),
        "return": Step(SIGNED, "todo", "clerk"),
        "change": Step(SIGNED, "changed", SYSTEM),
    },
)
REVIEW_ROLES = [("clerk", "Another Clerk"), ("supervisor", "A Supervisor")]
FIGURES = [
    ("draft", "Draft Invoices"),
    ("unsent", "Unsent Invoices"),
    ("unapplied", "Unapplied Payments and Credits"),
    ("cut_off", "Cut-Off"),
    ("ledger", "Open Items and General Ledger"),
    ("finding", "Billing Checks"),
    ("statement", "Statements"),
]
# Most days after the end of the month until a task is due.
MOST_DAYS = 60


@dataclass(frozen=True)
class Figure:
    """The figure of a task: what its query found.

    :param count: records that need attention
    :param amount: their amount in company currency; a balance where the task is about
        one
    :param is_missing: what was to be done was not done at all
    :param fingerprint: a hash of all that was found

    >>> before = Figure(1, Decimal(70), False, "a")
    >>> before.moved_to(Figure(1, Decimal(70), False, "a"))
    False

    One draft was posted, and another of the same amount was created:

    >>> before.moved_to(Figure(1, Decimal(70), False, "b"))
    True
    >>> Figure().amount
    Decimal('0')
    """

    count: int = 0
    amount: Decimal = Decimal(0)
    is_missing: bool = False
    fingerprint: str = ""

    @property
    def is_clean(self) -> bool:
        """Return whether nothing is left that needs an explanation.

        >>> Figure().is_clean, Figure(count=1).is_clean
        (True, False)
        >>> Figure(is_missing=True).is_clean
        False
        """
        return not self.count and not self.is_missing

    def moved_to(self, other: Figure) -> bool:
        return self != other

    def eased_to(self, other: Figure) -> bool:
        """Return whether work went on and nothing was added.

        >>> before = Figure(2, Decimal(70), False, "a")
        >>> before.eased_to(Figure(1, Decimal(40), False, "b"))
        True
        >>> before.eased_to(Figure(2, Decimal(-70), False, "b"))
        True
        >>> before.eased_to(Figure(2, Decimal(90), False, "c"))
        False
        >>> before.eased_to(Figure(3, Decimal(40), False, "c"))
        False
        >>> before.eased_to(Figure(0, Decimal(0), True, "d"))
        False
        """
        is_less = other.count <= self.count and abs(other.amount) <= abs(self.amount)
        return is_less and (self.is_missing or not other.is_missing)


def seal(*parts: str) -> str:
    """Return a hash of what a person has seen.

    >>> seal("a", "b") == seal("a", "b"), seal("a", "b") == seal("ab", "")
    (True, False)
    """
    return sha256("\0".join(parts).encode()).hexdigest()


def month_end(day: date) -> date:
    """Return the last day of the month of a day.

    >>> month_end(date(2027, 2, 3)), month_end(date(2026, 12, 31))
    (datetime.date(2027, 2, 28), datetime.date(2026, 12, 31))
    >>> month_end(date(2028, 2, 3))
    datetime.date(2028, 2, 29)
    """
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def finished(states: Iterable[str]) -> bool:
    """Return whether a month can be closed: somebody else has reviewed every task.

    >>> finished(["reviewed", "excluded"]), finished(["reviewed", "prepared"])
    (True, False)

    A list without tasks proves nothing:

    >>> finished([])
    False
    """
    found = set(states)
    return bool(found) and found <= set(FINISHED)

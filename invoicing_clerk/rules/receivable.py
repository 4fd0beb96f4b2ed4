"""What a customer owes, what of it is late, and what of that can be asked for today.

A refresh computes the same in SQL for all customers at once. What is here is the
meaning of it: the suite compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

NOTHING = Decimal(0)

# name, first and last day after the due date; None is without end.
BUCKETS: tuple[tuple[str, int | None, int | None], ...] = (
    ("not_due", None, 0),
    ("due_30", 1, 30),
    ("due_60", 31, 60),
    ("due_90", 61, 90),
    ("due_120", 91, 120),
    ("due_older", 121, None),
)


@dataclass(frozen=True)
class Item:
    """An open journal item on a receivable account: an instalment, a payment, a credit.

    ``residual`` is in company currency, below zero where we owe the customer;
    ``foreign`` is the same in the currency of the document, and None where that is
    the company's own. ``claimed`` is what open billing errors dispute of the document,
    in its currency. It is given with one item of a document or with all of them.
    """

    due: date
    residual: Decimal
    foreign: Decimal | None = None
    document: object = None
    claimed: Decimal = NOTHING

    @property
    def is_open(self) -> bool:
        """A foreign document that is fully paid owes nothing, whatever the rates did.

        >>> Item(date(2026, 1, 31), Decimal("1.25"), foreign=Decimal(0)).is_open
        False
        """
        return bool(self.residual) and self.foreign != 0


def days_overdue(due: date, today: date) -> int:
    """Days since something should have been paid; below one it is not late.

    >>> days_overdue(date(2026, 1, 31), date(2026, 1, 31))
    0
    >>> days_overdue(date(2026, 1, 31), date(2026, 3, 2))
    30
    """
    return (today - due).days


def bucket(days: int) -> str:
    """The age of what is due since so many days.

    >>> [bucket(days) for days in (-5, 0, 1, 30, 31, 120, 121)]
    ['not_due', 'not_due', 'due_30', 'due_30', 'due_60', 'due_120', 'due_older']
    """
    return next(name for name, _first, last in BUCKETS if last is None or days <= last)


def disputed(claimed: Decimal, overdue_foreign: Decimal, overdue: Decimal) -> Decimal:
    """The part of a document's overdue amount that is in dispute, never more than it.

    The claim is in the document's currency and the answer in the company's, at the
    rate at which the document is still owed. The caller rounds.

    >>> disputed(Decimal(30), overdue_foreign=Decimal(120), overdue=Decimal(60))
    Decimal('15')
    >>> disputed(Decimal(500), overdue_foreign=Decimal(120), overdue=Decimal(60))
    Decimal('60')

    Who says that he was billed too little disputes nothing that he owes:

    >>> disputed(Decimal(-10), overdue_foreign=Decimal(120), overdue=Decimal(60))
    Decimal('0')
    """
    if claimed <= 0 or overdue_foreign <= 0:
        return NOTHING
    return overdue * claimed / overdue_foreign if claimed < overdue_foreign else overdue


def to_collect(
    overdue: Decimal, disputed: Decimal, promised: Decimal, unapplied: Decimal
) -> Decimal:
    """What a customer can be asked for today.

    >>> to_collect(Decimal(500), Decimal(100), Decimal(50), Decimal(30))
    Decimal('320')
    >>> to_collect(Decimal(500), Decimal(0), Decimal(0), Decimal(800))
    Decimal('0')
    """
    return max(NOTHING, overdue - disputed - promised - unapplied)


def over_limit(balance: Decimal, limit: Decimal) -> Decimal:
    """By how much a balance is above a credit limit; 0 or less is no limit.

    >>> over_limit(Decimal(1200), Decimal(1000))
    Decimal('200')
    >>> over_limit(Decimal(900), Decimal(1000)), over_limit(Decimal(1200), Decimal(0))
    (Decimal('0'), Decimal('0'))
    """
    return max(NOTHING, balance - limit) if limit > 0 else NOTHING


@dataclass
class Receivable:
    """What one customer owes one company, in company currency."""

    balance: Decimal = NOTHING
    owed: Decimal = NOTHING
    unapplied: Decimal = NOTHING
    overdue: Decimal = NOTHING
    disputed: Decimal = NOTHING
    to_collect: Decimal = NOTHING
    date_due: date | None = None
    buckets: dict[str, Decimal] = field(default_factory=dict)


def receivable(
    items: Iterable[Item], today: date, places: int, promised: Decimal = NOTHING
) -> Receivable:
    """Add up what is open of a customer.

    >>> jan, mar = date(2026, 1, 31), date(2026, 3, 31)
    >>> found = receivable([
    ...     Item(jan, Decimal(100), document="INV/1", claimed=Decimal(20)),
    ...     Item(mar, Decimal(50), document="INV/1", claimed=Decimal(20)),
    ...     Item(jan, Decimal(-10)),
    ... ], today=date(2026, 2, 10), places=2)
    >>> found.balance, found.overdue, found.disputed, found.unapplied, found.to_collect
    (Decimal('140'), Decimal('100'), Decimal('20.00'), Decimal('10'), Decimal('70.00'))
    >>> found.buckets
    {'due_30': Decimal('100'), 'not_due': Decimal('50')}
    """
    found = Receivable()
    late: dict[object, list[Item]] = {}
    for item in filter(lambda each: each.is_open, items):
        found.balance += item.residual
        if item.residual < 0:
            found.unapplied -= item.residual
            continue
        found.owed += item.residual
        found.date_due = min(item.due, found.date_due or item.due)
        days = days_overdue(item.due, today)
        name = bucket(days)
        found.buckets[name] = found.buckets.get(name, NOTHING) + item.residual
        if days > 0:
            found.overdue += item.residual
            late.setdefault(item.document, []).append(item)
    for of_document in late.values():
        found.disputed += round(_disputed_of(of_document), places)
    found.to_collect = to_collect(
        found.overdue, found.disputed, promised, found.unapplied
    )
    return found


def _disputed_of(items: list[Item]) -> Decimal:
    overdue = sum((item.residual for item in items), NOTHING)
    foreign = sum(
        (item.residual if item.foreign is None else item.foreign for item in items),
        NOTHING,
    )
    return disputed(max(item.claimed for item in items), foreign, overdue)

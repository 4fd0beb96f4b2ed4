"""A customer's balance: open, overdue, and what of that can be collected today.

A refresh computes the same in SQL for all customers at once; these functions define
it, and the suite compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ..bucket import bucket
from . import open_item
from .open_item import ZERO, Item

# The figure of each ageing bucket, by the bucket's number.
BUCKETS = ("not_due", "due_30", "due_60", "due_90", "due_120", "due_older")


def days_overdue(due: date, today: date) -> int:
    """Return the days since the due date; below one the item is not overdue.

    >>> days_overdue(date(2026, 1, 31), date(2026, 1, 31))
    0
    >>> days_overdue(date(2026, 1, 31), date(2026, 3, 2))
    30
    """
    return (today - due).days


def to_collect(
    overdue: Decimal, disputed: Decimal, promised: Decimal, unapplied: Decimal
) -> Decimal:
    """Return what can be collected from a customer today.

    >>> to_collect(Decimal(500), Decimal(100), Decimal(50), Decimal(30))
    Decimal('320')
    >>> to_collect(Decimal(500), Decimal(0), Decimal(0), Decimal(800))
    Decimal('0')
    """
    return max(ZERO, overdue - disputed - promised - unapplied)


def over_limit(balance: Decimal, limit: Decimal) -> Decimal:
    """Return how far a balance exceeds a credit limit; 0 or less is no limit.

    >>> over_limit(Decimal(1200), Decimal(1000))
    Decimal('200')
    >>> over_limit(Decimal(900), Decimal(1000)), over_limit(Decimal(1200), Decimal(0))
    (Decimal('0'), Decimal('0'))
    >>> over_limit(Decimal(3), Decimal(1))
    Decimal('2')
    """
    return max(ZERO, balance - limit) if limit > 0 else ZERO


@dataclass
class Receivable:
    """The balance of a customer in a company, in company currency."""

    balance: Decimal = ZERO
    owed: Decimal = ZERO
    unapplied: Decimal = ZERO
    overdue: Decimal = ZERO
    disputed: Decimal = ZERO
    promised: Decimal = ZERO
    to_collect: Decimal = ZERO
    date_due: date | None = None
    buckets: dict[str, Decimal] = field(default_factory=dict)


def receivable(
    items: Iterable[Item],
    today: date,
    places: int,
    claims: Mapping[object, Decimal] | None = None,
    missing: Mapping[object, Decimal] | None = None,
) -> Receivable:
    """Add up the open items of a customer.

    :param claims: of each document, what open billing errors claim not to be owed
    :param missing: of each open promise, the outstanding amount

    Both are in the currency of the items; disputed and promised count as far as their
    items are overdue.

    >>> jan, mar = date(2026, 1, 31), date(2026, 3, 31)
    >>> found = receivable([
    ...     Item(jan, Decimal(100), document="INV/1"),
    ...     Item(mar, Decimal(50), document="INV/1"),
    ...     Item(jan, Decimal(-10)),
    ... ], today=date(2026, 2, 10), places=2, claims={"INV/1": Decimal(20)})
    >>> found.balance, found.overdue, found.disputed, found.unapplied, found.to_collect
    (Decimal('140'), Decimal('100'), Decimal('20.00'), Decimal('10'), Decimal('70.00'))
    >>> found.buckets
    {'due_30': Decimal('100'), 'not_due': Decimal('50')}

    An item is overdue from the day after its due date; credits are unapplied on any:

    >>> days = [date(2026, 2, day) for day in (9, 10, 11)]
    >>> found = receivable([
    ...     *(Item(due, Decimal("-0.25")) for due in days),
    ...     *(Item(due, Decimal("0.75")) for due in days),
    ... ], today=date(2026, 2, 10), places=2)
    >>> found.unapplied, found.owed, found.overdue, found.date_due == days[0]
    (Decimal('0.75'), Decimal('2.25'), Decimal('0.75'), True)

    Two invoices were promised, and one of them is disputed afterwards. The other one
    is still promised, and a third can be collected:

    >>> found = receivable([
    ...     Item(jan, Decimal(100), document="INV/1", promise=1),
    ...     Item(jan, Decimal(100), document="INV/2", promise=1),
    ...     Item(jan, Decimal(70), document="INV/3"),
    ... ], today=date(2026, 2, 10), places=2, claims={"INV/1": Decimal(100)},
    ...     missing={1: Decimal(200)})
    >>> found.disputed, found.promised, found.to_collect
    (Decimal('100.00'), Decimal('100.00'), Decimal('70.00'))

    Of a promise for two instalments, what the overdue one leaves is for the other:

    >>> found = receivable([
    ...     Item(jan, Decimal(100), document="INV/1", promise=1),
    ...     Item(mar, Decimal(100), document="INV/1", promise=1),
    ... ], today=date(2026, 2, 10), places=2, missing={1: Decimal(130)})
    >>> found.promised, found.to_collect
    (Decimal('100.00'), Decimal('0'))
    """
    found = Receivable()
    counted = [item for item in items if item.is_open]
    disputed = open_item.disputed(counted, claims or {})
    promised = open_item.promised(counted, disputed, missing or {})
    for item, contested, expected in zip(counted, disputed, promised, strict=True):
        found.balance += item.residual
        if item.residual < 0:
            found.unapplied -= item.residual
            continue
        found.owed += item.residual
        found.date_due = min(item.due, found.date_due or item.due)
        days = days_overdue(item.due, today)
        name = BUCKETS[bucket(days)]
        found.buckets[name] = found.buckets.get(name, ZERO) + item.residual
        if days > 0:
            found.overdue += item.residual
            found.disputed += item.in_company_currency(contested, places)
            found.promised += item.in_company_currency(expected, places)
    found.to_collect = to_collect(
        found.overdue, found.disputed, found.promised, found.unapplied
    )
    return found

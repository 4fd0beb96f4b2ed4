"""An open item, how much of it is disputed, and how much of the remainder is promised.

Statements, customer balances and lists all take both amounts from here, so that they
cannot give one customer two figures. `models/receivable/open_item.py` computes the same
in SQL for all items at once; the suite compares the two.

Both are in the currency of the item. They are allocated in order of due dates and never
exceed the open amount:

- Claims of open billing errors on a document add up, whatever invoice lines they are
  about: a claim to have been billed too little reduces the claim to owe less.
- The outstanding amount of a promise is allocated to its undisputed instalments. The
  parts of a payment plan are one promise.
- Credits are neither disputed nor promised, even in the entry of a charge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True)
class Item:
    """An open journal item on a receivable account: an instalment, a payment, a credit.

    ``residual`` is in company currency, below zero where we owe the customer;
    ``foreign`` is the same in the currency of the document, and None where that is
    the company's own. ``promise`` is the open promise that names the instalment, if
    any; all parts of a plan are one promise.
    """

    due: date
    residual: Decimal
    foreign: Decimal | None = None
    document: object = None
    promise: object = None

    @property
    def open(self) -> Decimal:
        """Return the open amount in the currency of the document."""
        return self.residual if self.foreign is None else self.foreign

    @property
    def is_open(self) -> bool:
        """Return whether it counts; a foreign document that is fully paid owes nothing.

        >>> Item(date(2026, 1, 31), Decimal("1.25"), foreign=Decimal(0)).is_open
        False
        """
        return bool(self.residual) and self.foreign != 0

    def in_company_currency(self, amount: Decimal, places: int) -> Decimal:
        """Convert a part of the open amount, at the rate of the open amount.

        A half is rounded away from zero, as databases do.

        >>> item = Item(date(2026, 1, 31), Decimal(60), foreign=Decimal(120))
        >>> item.in_company_currency(Decimal("30.01"), places=2)
        Decimal('15.01')
        """
        converted = self.residual * amount / self.open
        return converted.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def disputed(items: Sequence[Item], claims: Mapping[object, Decimal]) -> list[Decimal]:
    """Return how much of each item is disputed.

    :param claims: of each document, what open billing errors claim not to be owed

    >>> jan, feb = date(2026, 1, 31), date(2026, 2, 28)
    >>> instalments = [
    ...     Item(feb, Decimal(50), document="INV/1"),
    ...     Item(jan, Decimal(50), document="INV/1"),
    ... ]
    >>> def amounts(claim, items=instalments):
    ...     return [int(each) for each in disputed(items, {"INV/1": Decimal(claim)})]

    The instalment that falls due first is disputed first, up to its open amount:

    >>> amounts(49), amounts(50), amounts(51), amounts(500)
    ([0, 49], [0, 50], [1, 50], [50, 50])

    Customers who were billed too little dispute nothing that they owe, and a credit in
    the entry of a charge makes no dispute of it:

    >>> amounts(0), amounts(-10)
    ([0, 0], [0, 0])
    >>> credit = Item(jan, Decimal(-20), document="INV/1")
    >>> amounts(30, items=[credit, *instalments])
    [0, 0, 30]
    """
    return _allocate(
        [item.document for item in items],
        [item.open for item in items],
        claims,
        lambda index: items[index].due,
    )


def promised(
    items: Sequence[Item],
    disputed: Sequence[Decimal],
    missing: Mapping[object, Decimal],
) -> list[Decimal]:
    """Return how much of the undisputed part of each item is promised.

    :param disputed: how much of each item is disputed
    :param missing: of each open promise, the outstanding amount

    >>> jan, feb = date(2026, 1, 31), date(2026, 2, 28)
    >>> def amounts(missing, first=0, second=0):
    ...     items = [
    ...         Item(jan, Decimal(50), document="INV/1", promise=1),
    ...         Item(feb, Decimal(50), document="INV/1", promise=1),
    ...         Item(feb, Decimal(70), document="INV/2"),
    ...     ]
    ...     claims = [Decimal(first), Decimal(second), ZERO]
    ...     found = promised(items, claims, {1: Decimal(missing)})
    ...     return [int(each) for each in found]

    Of two instalments, the one that falls due first is promised first:

    >>> amounts(49), amounts(50), amounts(51), amounts(100), amounts(101)
    ([49, 0, 0], [50, 0, 0], [50, 1, 0], [50, 50, 0], [50, 50, 0])

    What is disputed after it was promised counts once, as disputed:

    >>> amounts(100, first=50), amounts(60, first=20), amounts(60, second=45)
    ([0, 50, 0], [30, 30, 0], [50, 5, 0])
    """
    return _allocate(
        [item.promise for item in items],
        [item.open - part for item, part in zip(items, disputed, strict=True)],
        missing,
        lambda index: items[index].due,
    )


def _allocate(
    keys: Sequence[object],
    limits: Sequence[Decimal],
    amounts: Mapping[object, Decimal],
    order: Callable[[int], date],
) -> list[Decimal]:
    """Allocate the amount of each key to its items, in order, up to their limits."""
    remaining = dict(amounts)
    found = [ZERO] * len(keys)
    for index in sorted(range(len(keys)), key=order):
        available = remaining.get(keys[index], ZERO)
        found[index] = max(ZERO, min(available, limits[index]))
        remaining[keys[index]] = available - found[index]
    return found

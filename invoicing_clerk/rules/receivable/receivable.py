"""What a customer owes, what of it is late, and what of that can be asked for today.

A refresh computes the same in SQL for all customers at once. What is here is the
meaning of it: the suite compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

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
    ``promise`` is the running promise that the instalment is promised in, if any; all
    parts of a plan are one promise.
    """

    due: date
    residual: Decimal
    foreign: Decimal | None = None
    document: object = None
    claimed: Decimal = NOTHING
    promise: object = None

    @property
    def owed_foreign(self) -> Decimal:
        """What is open in the currency of the document."""
        return self.residual if self.foreign is None else self.foreign

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
    return overdue * min(claimed, overdue_foreign) / overdue_foreign


def promised(
    missing: Decimal, overdue_foreign: Decimal, overdue: Decimal, undisputed: Decimal
) -> Decimal:
    """What a running promise takes off the overdue amount of its instalments.

    ``missing`` is what is still to come of the promise, in the currency of the
    instalments; the answer is in the company's, at the rate at which they are owed.
    The caller rounds.

    >>> promised(Decimal(30), overdue_foreign=Decimal(120), overdue=Decimal(60),
    ...     undisputed=Decimal(60))
    Decimal('15')

    What was disputed after it had been promised is taken off once, as disputed:

    >>> promised(Decimal(120), overdue_foreign=Decimal(120), overdue=Decimal(60),
    ...     undisputed=Decimal(20))
    Decimal('20')
    """
    if overdue_foreign <= 0:
        return NOTHING
    owed = overdue * min(missing, overdue_foreign) / overdue_foreign
    return min(owed, undisputed)


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
    promised: Decimal = NOTHING
    to_collect: Decimal = NOTHING
    date_due: date | None = None
    buckets: dict[str, Decimal] = field(default_factory=dict)


def receivable(
    items: Iterable[Item],
    today: date,
    places: int,
    missing: Mapping[object, Decimal] | None = None,
) -> Receivable:
    """Add up what is open of a customer.

    :param missing: of each running promise, what is still to come, in its currency

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

    Of two invoices that were promised, one is disputed afterwards. The other one is
    still promised, and a third is asked for:

    >>> found = receivable([
    ...     Item(jan, Decimal(100), document="INV/1", promise=1, claimed=Decimal(100)),
    ...     Item(jan, Decimal(100), document="INV/2", promise=1),
    ...     Item(jan, Decimal(70), document="INV/3"),
    ... ], today=date(2026, 2, 10), places=2, missing={1: Decimal(200)})
    >>> found.disputed, found.promised, found.to_collect
    (Decimal('100.00'), Decimal('100.00'), Decimal('70.00'))
    """
    found = Receivable()
    late: list[Item] = []
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
            late.append(item)
    found.overdue = _sum(item.residual for item in late)
    contested = {
        document: _rounded(_disputed_of(of_document), places)
        for document, of_document in _grouped(late, "document").items()
    }
    found.disputed = _sum(contested.values())
    for promise, of_promise in _grouped(late, "promise").items():
        to_come = (missing or {}).get(promise, NOTHING)
        undisputed = _undisputed_of(of_promise, late, contested)
        found.promised += _rounded(
            promised(to_come, *_owed(of_promise), undisputed), places
        )
    found.to_collect = to_collect(
        found.overdue, found.disputed, found.promised, found.unapplied
    )
    return found


def _grouped(items: Iterable[Item], name: str) -> dict[object, list[Item]]:
    groups: dict[object, list[Item]] = {}
    for item in items:
        groups.setdefault(getattr(item, name), []).append(item)
    return groups


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)


def _owed(items: list[Item]) -> tuple[Decimal, Decimal]:
    """What is open of items, in their currency and in the company's."""
    return (
        _sum(item.owed_foreign for item in items),
        _sum(item.residual for item in items),
    )


def _disputed_of(items: list[Item]) -> Decimal:
    return disputed(max(item.claimed for item in items), *_owed(items))


def _undisputed_of(
    items: list[Item], late: list[Item], contested: Mapping[object, Decimal]
) -> Decimal:
    """What is in no dispute of items; a dispute is of all that is late of a document,
    in equal shares."""
    found = NOTHING
    for item in items:
        overdue = _sum(each.residual for each in late if each.document == item.document)
        found += item.residual - item.residual * contested[item.document] / overdue
    return found


def _rounded(amount: Decimal, places: int) -> Decimal:
    """As databases round: a half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)

"""Payment reminders: what is reminded of each overdue item, or why it is excluded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)
# The rate of the bank may differ from ours by so much.
TOLERANCE = Decimal("0.05")

# Why an overdue item is excluded.
ITEM_REASONS = [
    ("disputed", "Disputed"),
    ("promised", "Promised to Pay"),
    ("blocked", "Payment Blocked"),
    ("no_followup", "No Follow-Up"),
    ("paying", "Payment in Process"),
    ("covered", "Covered by Unapplied Payments or Credits"),
    ("recent", "Only Just Overdue"),
]


class Item(NamedTuple):
    """An overdue item.

    :param document: number of its document
    :param open: open amount, in the currency of the item
    :param level: key of the level of its last reminder
    """

    number: int
    document: int
    currency: int
    open: Decimal
    days: int
    disputed: Decimal = ZERO
    promised: Decimal = ZERO
    blocked: bool = False
    no_followup: bool = False
    level: tuple[int, int] | None = None


class Payment(NamedTuple):
    """A registered payment without a journal entry, until the bank confirms it.

    :param documents: numbers of the documents that it pays; empty if none are named
    :param confirmed: what the bank's entries have settled of the documents since
    """

    currency: int
    amount: Decimal
    documents: frozenset[int] = frozenset()
    name: str = ""
    is_paid: bool = False
    confirmed: Decimal = ZERO


@dataclass(frozen=True)
class Share:
    """Part of an item that is reminded: its open amount less what covers it.

    :param covered: unapplied payments and credits that cover it
    :param reason: why it is excluded, if it is
    """

    item: Item
    amount: Decimal
    reason: str = ""
    covered: Decimal = ZERO


def item_reason(item: Item) -> str:
    """Return why an item is excluded by itself, or an empty text.

    An item that is disputed or promised in part is excluded entirely, so that nobody is
    reminded of an amount that is being discussed:

    >>> item = Item(1, 1, 1, Decimal(100), 10)
    >>> item_reason(item), item_reason(item._replace(disputed=Decimal(1)))
    ('', 'disputed')
    >>> item_reason(item._replace(promised=Decimal(100), blocked=True))
    'promised'
    >>> item_reason(item._replace(blocked=True, no_followup=True))
    'blocked'
    >>> item_reason(item._replace(no_followup=True))
    'no_followup'
    """
    if item.disputed:
        return "disputed"
    if item.promised:
        return "promised"
    if item.blocked:
        return "blocked"
    return "no_followup" if item.no_followup else ""


def pending(payments: Sequence[Payment]) -> list[Payment]:
    """Return payments without those marked as paid that the bank has confirmed.

    While the bank has settled less than all that were registered for the documents, it
    is unknown which one it was, so each counts:

    >>> first = Payment(1, Decimal(70), frozenset({7}), "P1", True, Decimal(70))
    >>> second = Payment(1, Decimal(30), frozenset({7, 8}), "P2", True, Decimal(70))
    >>> def show(*payments):
    ...     return [payment.name for payment in pending(payments)]
    >>> show(first), show(first, second), show(second)
    ([], ['P1', 'P2'], [])
    >>> show(first._replace(confirmed=Decimal(69))), show(first._replace(is_paid=False))
    (['P1'], ['P1'])
    """

    def is_confirmed(payment: Payment) -> bool:
        registered = sum(
            each.amount
            for each in payments
            if each.is_paid and each.documents & payment.documents
        )
        return payment.is_paid and payment.confirmed >= registered

    return [payment for payment in payments if not is_confirmed(payment)]


def in_process(
    items: Sequence[Item],
    payments: Sequence[Payment],
    convert: Callable[[Decimal, int, int], Decimal],
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Return what payments in process cover of each item, and what is left of them.

    A payment covers the oldest items of its documents first. The remainder, and all of
    a payment that names no documents, is a credit of the customer.

    :param items: all open items of a customer, the oldest first
    :param convert: returns an amount of one currency in another
    :return: amounts by number of the item, and by currency

    >>> old, new = Item(1, 7, 1, Decimal(100), 40), Item(2, 8, 1, Decimal(50), 5)
    >>> rates = {1: 1, 2: Decimal("0.5")}
    >>> def convert(amount, source, target):
    ...     return amount * rates[source] / rates[target]
    >>> def show(*payments):
    ...     found = in_process([old, new], payments, convert)
    ...     return tuple({key: int(part[key]) for key in part} for part in found)
    >>> show(Payment(1, Decimal(120), frozenset({7, 8})))
    ({1: 100, 2: 20}, {})
    >>> show(*[Payment(1, Decimal(100), frozenset({7, 8}))] * 2)
    ({1: 100, 2: 50}, {1: 50})
    >>> show(Payment(1, Decimal(120), frozenset({8})))
    ({2: 50}, {1: 70})
    >>> show(Payment(1, Decimal(9)))
    ({}, {1: 9})

    Nothing is left of one in part confirmed by the bank, as far as is known:

    >>> show(Payment(1, Decimal(120), frozenset({8}), confirmed=Decimal(50)))
    ({2: 50}, {})

    One in another currency is converted; it covers an item even if it is slightly less:

    >>> show(Payment(2, Decimal(3), frozenset({7})))
    ({1: 1}, {})
    >>> show(Payment(2, Decimal(195), frozenset({7, 8})))
    ({1: 100}, {})
    >>> show(Payment(2, Decimal(220), frozenset({7, 8})))
    ({1: 100, 2: 10}, {})
    """
    found: dict[int, Decimal] = {}
    credits: dict[int, Decimal] = {}
    for payment in payments:
        left = payment.amount
        for item in items:
            if item.document not in payment.documents:
                continue
            free = item.open - found.get(item.number, ZERO)
            taken, left = _take(free, left, item.currency, payment.currency, convert)
            if taken:
                found[item.number] = found.get(item.number, ZERO) + taken
        if left and not payment.confirmed:
            credits[payment.currency] = credits.get(payment.currency, ZERO) + left
    return found, credits


def _take(
    free: Decimal,
    left: Decimal,
    currency: int,
    paid_currency: int,
    convert: Callable[[Decimal, int, int], Decimal],
) -> tuple[Decimal, Decimal]:
    """Return what a payment covers of an open amount, and what is left of it."""
    if currency == paid_currency:
        taken = min(free, left)
        return taken, left - taken
    worth = convert(left, paid_currency, currency)
    if worth < free * (1 - TOLERANCE):
        return worth, ZERO
    return free, max(left - convert(free, currency, paid_currency), ZERO)


def shares(
    items: Sequence[Item],
    credits: Mapping[int, Decimal],
    paying: Mapping[int, Decimal],
) -> list[Share]:
    """Return what is reminded of each overdue item.

    Payments in process cover their items. Unapplied payments and credits cover the
    oldest remaining items of their currency, except those excluded by themselves.

    :param items: overdue items of one customer, the oldest first
    :param credits: unapplied amounts by currency, above zero
    :param paying: amounts in process by item, see `in_process`

    >>> old, new = Item(1, 7, 1, Decimal(100), 40), Item(2, 8, 1, Decimal(50), 5)
    >>> def show(items, credit=0, **paying):
    ...     found = shares(
    ...         items, {1: Decimal(credit)}, {1: Decimal(paying.get("old", 0))}
    ...     )
    ...     return [(int(each.amount), each.reason) for each in found]
    >>> show([old, new]), show([old, new], credit=30)
    ([(100, ''), (50, '')], [(70, ''), (50, '')])
    >>> show([old, new], credit=120), show([old, new], credit=500)
    ([(0, 'covered'), (30, '')], [(0, 'covered'), (0, 'covered')])
    >>> show([old._replace(disputed=Decimal(100)), new], credit=30)
    [(0, 'disputed'), (20, '')]
    >>> show([old, new], credit=30, old=100), show([old, new], credit=30, old=60)
    ([(0, 'paying'), (20, '')], [(10, ''), (50, '')])

    A credit in another currency covers nothing:

    >>> [int(each.amount) for each in shares([old], {2: Decimal(100)}, {})]
    [100]
    """
    left = dict(credits)
    found = []
    for item in items:
        if reason := item_reason(item):
            found.append(Share(item, ZERO, reason))
            continue
        unpaid = item.open - paying.get(item.number, ZERO)
        covered = min(unpaid, left.get(item.currency, ZERO))
        left[item.currency] = left.get(item.currency, ZERO) - covered
        reason = "" if unpaid - covered else "covered" if unpaid else "paying"
        found.append(Share(item, unpaid - covered, reason, covered))
    return found


def unapplied(
    credits: Mapping[int, Decimal], found: Sequence[Share]
) -> dict[int, Decimal]:
    """Return the credits by currency that cover none of the items.

    >>> items = [Item(1, 1, 1, Decimal(100), 40)]
    >>> credits = {1: Decimal(120), 2: Decimal(30)}
    >>> left = unapplied(credits, shares(items, credits, {}))
    >>> {currency: int(amount) for currency, amount in left.items()}
    {1: 20, 2: 30}
    """
    left = dict(credits)
    for share in found:
        if share.covered:
            left[share.item.currency] -= share.covered
    return {currency: amount for currency, amount in left.items() if amount}

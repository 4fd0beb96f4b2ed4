"""Open items and movements of a customer, and the customers who get a statement.

The SQL of statements computes the same for all customers at once. These functions
define it for one customer at a time, and the tests compare the two.

Open items and movements follow the ledger. The open amount of a journal item as of a
date is its amount less the reconciliations up to that date
(`account.partial.reconcile.max_date`). So the open items of an account add up to its
balance on every date.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TYPES = [
    ("open_item", "Open Items"),
    ("forward", "Balance Forward"),
    ("activity", "Activity"),
]
KINDS = [
    ("invoice", "Invoice"),
    ("credit", "Credit Note"),
    ("payment", "Payment"),
    ("adjustment", "Adjustment"),
]
# The figure of a statement in which a movement of each kind counts.
FIGURES = {
    "invoice": "invoiced",
    "credit": "credited",
    "payment": "paid",
    "adjustment": "adjusted",
}

DELIVERY_WAYS = [
    ("email", "By Email"),
    ("portal", "In the Portal"),
    ("print", "Printed"),
    ("post", "By Post"),
]


@dataclass(frozen=True)
class Entry:
    """A journal item of a receivable account; a debit is above zero."""

    id: int
    customer: str
    currency: str
    day: date
    amount: Decimal
    company_amount: Decimal
    kind: str = "invoice"


@dataclass(frozen=True)
class Match:
    """A reconciliation of part of a debit with part of a credit."""

    debit: int
    credit: int
    day: date
    debit_amount: Decimal
    credit_amount: Decimal
    company_amount: Decimal


def open_items(
    entries: Iterable[Entry], matches: Iterable[Match], day: date
) -> dict[int, tuple[Decimal, Decimal]]:
    """Return the open amount of each item as of a day, in its and company currency.

    An invoice of 100 is paid 40 on the 20th:

    >>> invoice = Entry(1, "A", "EUR", date(2026, 1, 5), Decimal(100), Decimal(100))
    >>> money = Entry(2, "A", "EUR", date(2026, 1, 20), Decimal(-40), Decimal(-40))
    >>> paid = Match(1, 2, date(2026, 1, 20), Decimal(40), Decimal(40), Decimal(40))
    >>> open_items([invoice, money], [paid], date(2026, 1, 19))
    {1: (Decimal('100'), Decimal('100'))}
    >>> open_items([invoice, money], [paid], date(2026, 1, 20))
    {1: (Decimal('60'), Decimal('60'))}
    >>> later = Match(1, 2, date(2026, 1, 21), Decimal(1), Decimal(1), Decimal(1))
    >>> open_items([invoice, money], [later, paid], date(2026, 1, 20))
    {1: (Decimal('60'), Decimal('60'))}

    A foreign invoice that is settled at another rate has an open amount in company
    currency until the exchange difference is posted:

    >>> foreign = Entry(1, "A", "USD", date(2026, 1, 5), Decimal(100), Decimal(90))
    >>> dollars = Entry(2, "A", "USD", date(2026, 2, 5), Decimal(-100), Decimal(-85))
    >>> settled = Match(1, 2, date(2026, 2, 5), *[Decimal(100)] * 2, Decimal(85))
    >>> open_items([foreign, dollars], [settled], date(2026, 2, 28))
    {1: (Decimal('0'), Decimal('5'))}
    """
    left = {
        entry.id: [entry.amount, entry.company_amount]
        for entry in entries
        if entry.day <= day
    }
    for match in matches:
        if match.day > day:
            continue
        left[match.debit][0] -= match.debit_amount
        left[match.debit][1] -= match.company_amount
        left[match.credit][0] += match.credit_amount
        left[match.credit][1] += match.company_amount
    return {id_: (own, home) for id_, (own, home) in left.items() if own or home}


def flows(
    entries: Iterable[Entry], matches: Iterable[Match], first: date, last: date
) -> dict[tuple[str, str], dict[str, Decimal]]:
    """Return the movements from ``first`` to ``last``, by customer and currency.

    A payment in one currency that settles an invoice in another moves to the block of
    that currency on the date of the reconciliation. So does a payment of one customer
    that settles an invoice of another:

    >>> invoice = Entry(1, "A", "EUR", date(2026, 1, 5), Decimal(100), Decimal(110))
    >>> money = Entry(
    ...     2, "A", "USD", date(2026, 1, 9), Decimal(-110), Decimal(-110), "payment")
    >>> match = Match(
    ...     1, 2, date(2026, 1, 9), Decimal(100), Decimal(110), Decimal(110))
    >>> moved = flows([invoice, money], [match], date(2026, 1, 1), date(2026, 1, 31))
    >>> for block, figures in moved.items(): print(block, figures)
    ('A', 'EUR') {'invoiced': Decimal('100'), 'paid': Decimal('-100')}
    ('A', 'USD') {'paid': Decimal('0')}

    Both dates are included:

    >>> flows([invoice, money], [match], date(2026, 1, 9), date(2026, 1, 9)) == {
    ...     ("A", "EUR"): {"paid": Decimal(-100)}, ("A", "USD"): {"paid": Decimal(0)}}
    True
    >>> flows([invoice, money], [match], date(2026, 1, 1), date(2026, 1, 8))
    {('A', 'EUR'): {'invoiced': Decimal('100')}}
    """
    by_id = {entry.id: entry for entry in entries}
    moved: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for entry in by_id.values():
        if first <= entry.day <= last:
            block = moved[entry.customer, entry.currency]
            block[FIGURES[entry.kind]] += entry.amount
    for match in matches:
        debit, credit = by_id[match.debit], by_id[match.credit]
        target = debit.customer, debit.currency
        source = credit.customer, credit.currency
        if first <= match.day <= last and target != source:
            moved[target][FIGURES[credit.kind]] -= match.debit_amount
            moved[source][FIGURES[credit.kind]] += match.credit_amount
    return {block: dict(figures) for block, figures in moved.items()}


# Excluded customers

SUPPRESSIONS = [
    ("stopped", "Statements Stopped"),
    ("frequency", "Not Due by Frequency"),
    ("nothing", "No Open Items or Movements"),
    ("credit", "Credit Balance"),
    ("minimum", "Below the Minimum"),
]


@dataclass(frozen=True)
class Policy:
    """The selection of a run. ``minimum`` is in company currency."""

    minimum: Decimal = Decimal(0)
    with_zero: bool = False
    with_credit: bool = True


@dataclass(frozen=True)
class Standing:
    """The balances and preferences of a customer as of a statement date.

    ``closings`` has the balance of each currency; ``owed`` is their sum in company
    currency. ``minimum`` is that of the customer, or None for that of the run.
    """

    closings: tuple[Decimal, ...] = ()
    owed: Decimal = Decimal(0)
    has_open: bool = False
    has_activity: bool = False
    stopped: bool = False
    due: bool = True
    minimum: Decimal | None = None


def suppression(standing: Standing, policy: Policy) -> str | None:
    """Return why a customer is excluded, or None.

    >>> suppression(Standing(), Policy())
    'nothing'
    >>> owing = Standing((Decimal(3),), Decimal(3), has_open=True)
    >>> suppression(owing, Policy(minimum=Decimal(5)))
    'minimum'
    >>> suppression(owing, Policy(minimum=Decimal(3))) is None
    True
    >>> cents = Standing((Decimal("0.5"),), Decimal("0.5"), has_open=True)
    >>> suppression(cents, Policy()) is None
    True
    >>> suppression(Standing(has_open=True), Policy(minimum=Decimal(1)))
    'minimum'

    A customer who owes in one currency has no credit balance, even if all currencies
    together are one:

    >>> mixed = Standing((Decimal("0.5"), Decimal(-5)), Decimal(-4), has_open=True)
    >>> suppression(mixed, Policy(with_credit=False)) is None
    True
    >>> credit = Standing((Decimal(0), Decimal(-5)), Decimal(-5), has_open=True)
    >>> suppression(credit, Policy(with_credit=False))
    'credit'
    >>> suppression(credit, Policy()) is None
    True
    """
    if standing.stopped:
        return "stopped"
    if not standing.due:
        return "frequency"
    is_empty = not (standing.has_open or standing.has_activity)
    if is_empty and not policy.with_zero:
        return "nothing"
    in_credit = any(standing.closings) and all(c <= 0 for c in standing.closings)
    if in_credit and not policy.with_credit:
        return "credit"
    minimum = policy.minimum if standing.minimum is None else standing.minimum
    if not in_credit and minimum and standing.owed < minimum:
        return "minimum"
    return None


# Points to review before sending

EXCEPTIONS = (
    "no_address",
    "bad_address",
    "bounced",
    "negative",
    "limit",
    "disputed",
    "unapplied",
    "first",
    "jump",
    "again",
)
JUMP_FACTOR = 3


@dataclass(frozen=True)
class Circumstances:
    """The facts about a statement and its customer, in company currency."""

    owed: Decimal = Decimal(0)
    previous: Decimal | None = None
    first_run: bool = False
    limit: Decimal = Decimal(0)
    has_address: bool = True
    bad_address: bool = False
    bounced: bool = False
    disputed: bool = False
    unapplied: bool = False
    again: bool = False


def exceptions(facts: Circumstances) -> list[str]:
    """Return the points to review, in the order in which they are shown.

    >>> exceptions(Circumstances(owed=Decimal(50), previous=Decimal(50)))
    []
    >>> exceptions(Circumstances(owed=Decimal(-5), has_address=False))
    ['no_address', 'negative', 'first']
    >>> exceptions(Circumstances(owed=Decimal(301), previous=Decimal(100)))
    ['jump']
    >>> exceptions(Circumstances()), exceptions(Circumstances(owed=Decimal("-0.5")))
    (['first'], ['negative', 'first'])

    In the first run of a company, all customers get their first statement:

    >>> exceptions(Circumstances(first_run=True))
    []
    >>> fifty = Decimal(50)
    >>> exceptions(Circumstances(fifty, fifty, limit=fifty))
    []
    >>> exceptions(Circumstances(fifty, fifty, limit=Decimal(49)))
    ['limit']
    """
    applies: Mapping[str, bool] = {
        "no_address": not facts.has_address,
        "bad_address": facts.bad_address,
        "bounced": facts.bounced,
        "negative": facts.owed < 0,
        "limit": bool(facts.limit) and facts.owed > facts.limit,
        "disputed": facts.disputed,
        "unapplied": facts.unapplied,
        "first": facts.previous is None and not facts.first_run,
        "jump": is_jump(facts.previous, facts.owed),
        "again": facts.again,
    }
    return [code for code in EXCEPTIONS if applies[code]]


def is_jump(previous: Decimal | None, now: Decimal) -> bool:
    """Return whether a balance is unusually larger than the previous one.

    >>> is_jump(Decimal(100), Decimal(300)), is_jump(Decimal(100), Decimal(301))
    (False, True)
    >>> is_jump(Decimal(0), Decimal(900)), is_jump(None, Decimal(900))
    (False, False)
    >>> is_jump(Decimal(1), Decimal(4))
    True
    """
    if previous is None or previous <= 0:
        return False
    return now > previous * JUMP_FACTOR


FREQUENCIES = [
    ("monthly", "Every Month"),
    ("quarterly", "Every Quarter"),
    ("yearly", "Every Year"),
    ("request", "On Request Only"),
]


def is_due(frequency: str, day: date) -> bool:
    """Return whether a customer of this frequency gets the monthly statement of a day.

    >>> is_due("quarterly", date(2026, 9, 30)), is_due("quarterly", date(2026, 10, 31))
    (True, False)
    >>> is_due("yearly", date(2026, 12, 31)), is_due("request", date(2026, 12, 31))
    (True, False)
    >>> is_due("monthly", date(2026, 9, 30))
    True
    """
    months = {"monthly": 1, "quarterly": 3, "yearly": 12}
    return frequency in months and day.month % months[frequency] == 0

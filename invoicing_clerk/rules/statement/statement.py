"""What a customer owed on a day, how it came to that, and who is sent a statement.

The SQL of the statements computes the same for all customers at once. What is here is
the meaning of it, one customer at a time, and the suite compares the two.

Sources: open items and movements follow the definition of the ledger itself. A journal
item is open by its amount less the matchings that are dated no later than the day
(`account.partial.reconcile.max_date`); so the open items of an account add up to its
balance on every day.
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
OVERDUE_BUCKETS = 5

DELIVERY_WAYS = [
    ("email", "By E-mail"),
    ("portal", "In the Portal"),
    ("print", "Printed"),
    ("post", "By Post"),
]

# step -> states of a run from which it can be taken.
RUN_STEPS: dict[str, tuple[str, ...]] = {
    "compute": ("draft", "computed"),
    "review": ("computed",),
    "reopen": ("reviewed",),
    "send": ("reviewed",),
    "again": ("sending", "done"),
    "cancel": ("draft", "computed", "reviewed"),
}


def is_allowed(step: str, state: str) -> bool:
    """Whether a run can take a step.

    >>> is_allowed("send", "reviewed"), is_allowed("cancel", "sending")
    (True, False)
    """
    return state in RUN_STEPS[step]


def bucket(days_overdue: int, width: int = 30) -> int:
    """The ageing bucket: 0 is not due, 1 the first ``width`` days, 5 all later ones.

    >>> [bucket(days) for days in (-3, 0, 1, 30, 31, 90, 120, 121, 900)]
    [0, 0, 1, 1, 2, 3, 4, 5, 5]
    >>> bucket(15, width=7)
    3
    """
    return max(0, min(OVERDUE_BUCKETS, -(-days_overdue // width)))


def bucket_names(width: int = 30) -> list[str]:
    """How the overdue buckets read, in days.

    >>> bucket_names()
    ['1–30', '31–60', '61–90', '91–120', '> 120']
    """
    last = OVERDUE_BUCKETS - 1
    names = [f"{width * i + 1}–{width * (i + 1)}" for i in range(last)]
    return [*names, f"> {width * last}"]


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
    """What settles part of a debit with part of a credit, each in its own currency."""

    debit: int
    credit: int
    day: date
    debit_amount: Decimal
    credit_amount: Decimal
    company_amount: Decimal


def open_items(
    entries: Iterable[Entry], matches: Iterable[Match], day: date
) -> dict[int, tuple[Decimal, Decimal]]:
    """What is open of each item at the end of a day, in its and the company's currency.

    An invoice of 100 is paid 40 on the 20th:

    >>> invoice = Entry(1, "A", "EUR", date(2026, 1, 5), Decimal(100), Decimal(100))
    >>> money = Entry(2, "A", "EUR", date(2026, 1, 20), Decimal(-40), Decimal(-40))
    >>> paid = Match(1, 2, date(2026, 1, 20), Decimal(40), Decimal(40), Decimal(40))
    >>> open_items([invoice, money], [paid], date(2026, 1, 19))
    {1: (Decimal('100'), Decimal('100'))}
    >>> open_items([invoice, money], [paid], date(2026, 1, 20))
    {1: (Decimal('60'), Decimal('60'))}

    Settled at another rate, a foreign invoice owes nothing, though company currency
    is left until the exchange difference is booked:

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
    """What moved from ``first`` to ``last``, by customer and currency.

    Money in one currency that settles an invoice in another leaves the block of its
    own currency on the day of the match, and so does money of one customer that
    settles an invoice of another:

    >>> invoice = Entry(1, "A", "EUR", date(2026, 1, 5), Decimal(100), Decimal(110))
    >>> money = Entry(
    ...     2, "A", "USD", date(2026, 1, 9), Decimal(-110), Decimal(-110), "payment")
    >>> match = Match(
    ...     1, 2, date(2026, 1, 9), Decimal(100), Decimal(110), Decimal(110))
    >>> moved = flows([invoice, money], [match], date(2026, 1, 1), date(2026, 1, 31))
    >>> for block, figures in moved.items(): print(block, figures)
    ('A', 'EUR') {'invoiced': Decimal('100'), 'paid': Decimal('-100')}
    ('A', 'USD') {'paid': Decimal('0')}
    """
    known = {entry.id: entry for entry in entries}
    moved: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(
        lambda: defaultdict(Decimal)
    )
    for entry in known.values():
        if first <= entry.day <= last:
            block = moved[entry.customer, entry.currency]
            block[FIGURES[entry.kind]] += entry.amount
    for match in matches:
        debit, credit = known[match.debit], known[match.credit]
        to = debit.customer, debit.currency
        by = credit.customer, credit.currency
        if first <= match.day <= last and to != by:
            moved[to][FIGURES[credit.kind]] -= match.debit_amount
            moved[by][FIGURES[credit.kind]] += match.credit_amount
    return {block: dict(figures) for block, figures in moved.items()}


# Who gets none, and why

SUPPRESSIONS = [
    ("stopped", "Statements Stopped"),
    ("frequency", "Not Due for This Customer"),
    ("nothing", "Nothing Open, No Activity"),
    ("credit", "In Credit Only"),
    ("minimum", "Under the Minimum"),
]


@dataclass(frozen=True)
class Policy:
    """What a run leaves out. ``minimum`` is in company currency."""

    minimum: Decimal = Decimal(0)
    with_zero: bool = False
    with_credit: bool = True


@dataclass(frozen=True)
class Standing:
    """How a customer stands on the day of a statement.

    ``closings`` has the balance of each currency; ``owed`` is their sum in company
    currency. ``minimum`` is the customer's own, None where the run's holds.
    """

    closings: tuple[Decimal, ...] = ()
    owed: Decimal = Decimal(0)
    has_open: bool = False
    has_activity: bool = False
    stopped: bool = False
    due: bool = True
    minimum: Decimal | None = None


def suppression(standing: Standing, policy: Policy) -> str | None:
    """Why a customer is sent no statement; None where one is due.

    >>> suppression(Standing(), Policy())
    'nothing'
    >>> owing = Standing((Decimal(3),), Decimal(3), has_open=True)
    >>> suppression(owing, Policy(minimum=Decimal(5)))
    'minimum'

    Who owes in one currency and has a credit in another is not left out as in credit:

    >>> mixed = Standing((Decimal(90), Decimal(-5)), Decimal(80), has_open=True)
    >>> suppression(mixed, Policy(with_credit=False)) is None
    True
    >>> credit = Standing((Decimal(-5),), Decimal(-5), has_open=True)
    >>> suppression(credit, Policy(with_credit=False))
    'credit'
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
    least = policy.minimum if standing.minimum is None else standing.minimum
    if not in_credit and least and standing.owed < least:
        return "minimum"
    return None


# What somebody should look at before it goes out

EXCEPTIONS = [
    ("no_address", "no address for the chosen way"),
    ("bounced", "mail bounced before"),
    ("negative", "in credit"),
    ("limit", "above the credit limit"),
    ("disputed", "disputed items"),
    ("unapplied", "unapplied payments or credits"),
    ("first", "first statement"),
    ("jump", "unusual change since the last one"),
    ("again", "was sent one of this day before"),
]
JUMP_FACTOR = 3


@dataclass(frozen=True)
class Circumstances:
    """What is known of a statement and its customer, in company currency."""

    owed: Decimal = Decimal(0)
    previous: Decimal | None = None
    limit: Decimal = Decimal(0)
    has_address: bool = True
    bounced: bool = False
    disputed: bool = False
    unapplied: bool = False
    again: bool = False


def exceptions(found: Circumstances) -> list[str]:
    """What is to be looked at, in the order in which it is shown.

    >>> exceptions(Circumstances(owed=Decimal(50), previous=Decimal(50)))
    []
    >>> exceptions(Circumstances(owed=Decimal(-5), has_address=False))
    ['no_address', 'negative', 'first']
    >>> exceptions(Circumstances(owed=Decimal(301), previous=Decimal(100)))
    ['jump']
    """
    known: Mapping[str, bool] = {
        "no_address": not found.has_address,
        "bounced": found.bounced,
        "negative": found.owed < 0,
        "limit": bool(found.limit) and found.owed > found.limit,
        "disputed": found.disputed,
        "unapplied": found.unapplied,
        "first": found.previous is None,
        "jump": is_jump(found.previous, found.owed),
        "again": found.again,
    }
    return [code for code, _words in EXCEPTIONS if known[code]]


def is_jump(previous: Decimal | None, now: Decimal) -> bool:
    """Whether a balance became unusually much larger than the last one.

    >>> is_jump(Decimal(100), Decimal(300)), is_jump(Decimal(100), Decimal(301))
    (False, True)
    >>> is_jump(Decimal(0), Decimal(900)), is_jump(None, Decimal(900))
    (False, False)
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
    """Whether a customer of that frequency gets the monthly statement of a day.

    >>> is_due("quarterly", date(2026, 9, 30)), is_due("quarterly", date(2026, 10, 31))
    (True, False)
    >>> is_due("yearly", date(2026, 12, 31)), is_due("request", date(2026, 12, 31))
    (True, False)
    """
    months = {"monthly": 1, "quarterly": 3, "yearly": 12}
    return frequency in months and day.month % months[frequency] == 0

"""Judgement of promises to pay by what was reconciled with the promised items.

The database judges all promises at once in SQL. These functions define the verdict, and
the suite compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..lifecycle import SYSTEM, Lifecycle, Step

STATES = [
    ("open", "Open"),
    ("kept", "Kept"),
    ("partially_kept", "Partially Kept"),
    ("broken", "Broken"),
    ("withdrawn", "Withdrawn"),
    ("replaced", "Replaced"),
]
JUDGED_STATES = ("kept", "partially_kept", "broken")
# The ledger judges, and judges again when it changes. A later promise replaces the one
# before, also where a judgement finds that its time has not passed after all.
LIFECYCLE = Lifecycle(
    STATES,
    {
        "withdraw": Step(("open",), "withdrawn", "clerk"),
        "replace": Step(("open",), "replaced", SYSTEM),
        "judge": Step(
            ("open", *JUDGED_STATES, "withdrawn"),
            ("open", *JUDGED_STATES, "withdrawn", "replaced"),
            SYSTEM,
        ),
    },
)
UNKEPT_STATES = ("partially_kept", "broken")

ZERO = Decimal(0)


@dataclass(frozen=True)
class Part:
    """An amount and the day for which it is promised."""

    date: date
    amount: Decimal


@dataclass(frozen=True)
class Terms:
    """The day a promise was made, its grace period and its tolerance.

    ``tolerance`` is in the currency of the promise, ``grace_days`` are calendar days.
    """

    made: date
    grace_days: int = 0
    tolerance: Decimal = ZERO

    def deadline(self, part: Part) -> date:
        """Return the last day whose payments keep a part.

        >>> Terms(date(2026, 3, 1), grace_days=3).deadline(
        ...     Part(date(2026, 3, 30), Decimal(100)))
        datetime.date(2026, 4, 2)
        >>> Terms(date(2026, 3, 1)).deadline(Part(date(2026, 3, 30), Decimal(100)))
        datetime.date(2026, 3, 30)
        """
        return part.date + timedelta(days=self.grace_days)


@dataclass(frozen=True)
class Match:
    """An entry reconciled with the promised items after the promise was recorded.

    ``money`` is the part of ``amount`` that was received: all of a payment, a payment
    less its write-off, nothing of a credit note. ``undone`` is money that was returned
    although it is still reconciled.
    """

    date: date
    amount: Decimal
    money: Decimal = ZERO
    undone: bool = False

    def received(self, terms: Terms) -> Decimal:
        """Return the money that counts: received on the day of the promise or later."""
        return ZERO if self.undone or self.date < terms.made else self.money

    def given_up(self, terms: Terms) -> Decimal:
        """Return what it settles otherwise: the customer no longer owes that part."""
        return ZERO if self.undone else self.amount - self.received(terms)


def payment(day: date, amount: Decimal, undone: bool = False) -> Match:
    """Match a payment in full."""
    return Match(day, amount, amount, undone)


def credit(day: date, amount: Decimal) -> Match:
    """Match a credit note or a write-off."""
    return Match(day, amount)


@dataclass(frozen=True)
class Judgement:
    """The state of a promise, and the two amounts that it follows from.

    ``due`` is the promised amount less what is no longer owed.
    """

    state: str
    due: Decimal
    received: Decimal


def judge(
    terms: Terms,
    parts: Sequence[Part],
    owed: Decimal,
    matches: Iterable[Match],
    today: date,
) -> list[Judgement]:
    """Judge the parts of a promise by what was reconciled since, in order of dates.

    ``owed`` is the open amount of the items when the promise was recorded.

    >>> terms = Terms(date(2026, 3, 1), grace_days=2, tolerance=Decimal(1))
    >>> friday = Part(date(2026, 3, 6), Decimal(100))
    >>> def verdict(*matches, owed=100, today=date(2026, 3, 9)):
    ...     [found] = judge(terms, [friday], Decimal(owed), matches, today)
    ...     return found.state, int(found.due), int(found.received)

    Kept by what is received within the grace period, by payment date, less the
    tolerance:

    >>> verdict(payment(date(2026, 3, 8), Decimal(99)))
    ('kept', 100, 99)
    >>> verdict(payment(date(2026, 3, 8), Decimal(98)))
    ('partially_kept', 100, 98)
    >>> verdict(payment(date(2026, 3, 8), Decimal(1)))
    ('partially_kept', 100, 1)
    >>> verdict(payment(date(2026, 3, 8), Decimal(130)))
    ('kept', 100, 130)
    >>> verdict(payment(date(2026, 3, 8), Decimal(60)))
    ('partially_kept', 100, 60)
    >>> verdict(payment(date(2026, 3, 9), Decimal(100)))
    ('broken', 100, 0)

    No promise is broken before its deadline, and a paid one is kept at once:

    >>> verdict(today=date(2026, 3, 8))
    ('open', 100, 0)
    >>> verdict(payment(date(2026, 3, 2), Decimal(100)), today=date(2026, 3, 2))
    ('kept', 100, 100)

    A credit note reduces what was promised and keeps nothing:

    >>> verdict(credit(date(2026, 3, 5), Decimal(40)))
    ('broken', 60, 0)
    >>> half = credit(date(2026, 3, 5), Decimal(40))
    >>> verdict(half, payment(date(2026, 3, 6), Decimal(60)))
    ('kept', 60, 60)
    >>> verdict(credit(date(2026, 3, 5), Decimal(100)))
    ('withdrawn', 0, 0)

    A credit note for what was not promised leaves the promise as it is:

    >>> verdict(half, owed=140)
    ('broken', 100, 0)

    Money paid before the promise has the same effect as a credit note, and money that
    was returned has none. Money of the day of the promise counts:

    >>> verdict(payment(date(2026, 2, 27), Decimal(40)))
    ('broken', 60, 0)
    >>> verdict(payment(date(2026, 3, 5), Decimal(100), undone=True))
    ('broken', 100, 0)
    >>> verdict(payment(date(2026, 3, 1), Decimal(100)))
    ('kept', 100, 100)

    Nothing is left of a promise of which all but the tolerance was credited:

    >>> verdict(credit(date(2026, 3, 5), Decimal(99)))
    ('withdrawn', 1, 0)
    >>> verdict(credit(date(2026, 3, 5), Decimal(99)),
    ...     payment(date(2026, 3, 5), Decimal(1)))
    ('kept', 1, 1)
    >>> verdict(credit(date(2026, 3, 5), Decimal(98)))
    ('broken', 2, 0)

    A promise within the tolerance is broken all the same when nothing is received:

    >>> small = Part(date(2026, 3, 6), Decimal(1))
    >>> judge(terms, [small], Decimal(1), [], date(2026, 3, 9))[0].state
    'broken'

    Of several parts, money goes to the earliest whose deadline has not passed, and any
    excess to the next. Money of the deadline itself still counts for that part. A
    credit note reduces the last:

    >>> plan = [Part(date(2026, month, 6), Decimal(100)) for month in (3, 4, 5)]
    >>> matches = [payment(date(2026, 3, 6), Decimal(130)),
    ...     payment(date(2026, 4, 10), Decimal(20)),
    ...     credit(date(2026, 4, 1), Decimal(70))]
    >>> for found in judge(terms, plan, Decimal(300), matches, date(2026, 5, 20)):
    ...     print(found.state, found.due, found.received)
    kept 100 100
    partially_kept 100 30
    partially_kept 30 20
    >>> late = [payment(date(2026, 3, 8), Decimal(50)),
    ...     payment(date(2026, 3, 9), Decimal(50))]
    >>> for found in judge(terms, plan[:2], Decimal(200), late, date(2026, 4, 8)):
    ...     print(found.state, found.due, found.received)
    partially_kept 100 50
    open 100 50
    """
    found = []
    seen = list(matches)
    promised = carried = ZERO
    previous = date.min
    for index, part in enumerate(parts, start=1):
        deadline = terms.deadline(part)
        in_time = [match for match in seen if match.date <= deadline]
        payable = owed - sum(match.given_up(terms) for match in in_time)
        due = max(ZERO, min(part.amount, payable - promised))
        available = carried + sum(
            match.received(terms) for match in in_time if match.date > previous
        )
        carried = max(ZERO, available - due)
        received = available if index == len(parts) else available - carried
        state = _state(terms, part, due, received, today > deadline)
        found.append(Judgement(state, due, received))
        promised += part.amount
        previous = deadline
    return found


def _state(
    terms: Terms, part: Part, due: Decimal, received: Decimal, is_over: bool
) -> str:
    if received > 0 and received >= due - terms.tolerance:
        return "kept"
    if not received and due < part.amount and due <= terms.tolerance:
        return "withdrawn"
    if not is_over:
        return "open"
    return "partially_kept" if received > 0 else "broken"


def reliability(kept: int, judged: int) -> float:
    """Return how reliably a customer keeps promises, from 0 to 1.

    Laplace's rule of succession: one half without any judged promise, and a single
    promise does not move it far.

    >>> reliability(0, 0), reliability(8, 8), reliability(0, 2)
    (0.5, 0.9, 0.25)
    """
    return (kept + 1) / (judged + 2)


def equal_parts(amount: Decimal, number: int, unit: Decimal) -> list[Decimal]:
    """Divide an amount into parts that add up to it exactly.

    ``unit`` is the smallest coin. The parts differ by one coin at most, larger ones
    first.

    >>> [str(part) for part in equal_parts(Decimal("100.00"), 3, Decimal("0.01"))]
    ['33.34', '33.33', '33.33']
    >>> [str(part) for part in equal_parts(Decimal("10.05"), 2, Decimal("0.05"))]
    ['5.05', '5.00']
    >>> [str(part) for part in equal_parts(Decimal("0.02"), 2, Decimal("0.01"))]
    ['0.01', '0.01']
    >>> equal_parts(Decimal("0.01"), 2, Decimal("0.01"))
    Traceback (most recent call last):
    ...
    ValueError: 2

    :raises ValueError: a part would be zero
    """
    coins = int((amount / unit).to_integral_value())
    least, more = divmod(coins, number)
    if least <= 0:
        raise ValueError(number)
    return [(least + (index < more)) * unit for index in range(number)]

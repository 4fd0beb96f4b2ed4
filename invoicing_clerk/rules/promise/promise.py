"""What became of a promise to pay, judged by what was matched with the items.

A judgement in the database computes the same in SQL for all promises at once. What is
here is the meaning of it: the suite compares the two.
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
# The ledger judges, and judges again when it changes; a later promise replaces.
LIFECYCLE = Lifecycle(
    STATES,
    {
        "withdraw": Step(("open",), "withdrawn", "clerk"),
        "replace": Step(("open",), "replaced", SYSTEM),
        "judge": Step(
            ("open", *JUDGED_STATES, "withdrawn"),
            ("open", *JUDGED_STATES, "withdrawn"),
            SYSTEM,
        ),
    },
)
UNKEPT_STATES = ("partially_kept", "broken")

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Part:
    """A sum of money and the day for which it is promised."""

    date: date
    amount: Decimal


@dataclass(frozen=True)
class Terms:
    """When a promise was made, and how much late and how much short is still kept.

    ``tolerance`` is in the currency of the promise, ``grace_days`` are calendar days.
    """

    made: date
    grace_days: int = 0
    tolerance: Decimal = NOTHING

    def deadline(self, part: Part) -> date:
        """The last day whose payments keep a part.

        >>> Terms(date(2026, 3, 1), grace_days=3).deadline(
        ...     Part(date(2026, 3, 30), Decimal(100)))
        datetime.date(2026, 4, 2)
        """
        return part.date + timedelta(days=self.grace_days)


@dataclass(frozen=True)
class Match:
    """Something matched with the promised items after the promise was written down.

    ``money`` is the part of ``amount`` that came in as money: all of a payment, what
    a payment brought beside its write-off, nothing of a credit note. ``undone`` is
    money that went back, although it is matched still.
    """

    date: date
    amount: Decimal
    money: Decimal = NOTHING
    undone: bool = False

    def received(self, terms: Terms) -> Decimal:
        """The money that was paid because of the promise: on the day or later."""
        return NOTHING if self.undone or self.date < terms.made else self.money

    def given_up(self, terms: Terms) -> Decimal:
        """What it takes off the items otherwise: nobody has to pay that any more."""
        return NOTHING if self.undone else self.amount - self.received(terms)


def payment(day: date, amount: Decimal, undone: bool = False) -> Match:
    """Match a payment in full."""
    return Match(day, amount, amount, undone)


def credit(day: date, amount: Decimal) -> Match:
    """Match a credit note or a write-off."""
    return Match(day, amount)


@dataclass(frozen=True)
class Judgement:
    """The state of a promise, and the two amounts that it follows from.

    ``due`` is what was promised less what nobody has to pay any more.
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
    """Judge the parts of a promise by what was matched since, in order of their dates.

    ``owed`` is what was open of the items when the promise was written down.

    >>> terms = Terms(date(2026, 3, 1), grace_days=2, tolerance=Decimal(1))
    >>> friday = Part(date(2026, 3, 6), Decimal(100))
    >>> def verdict(*matches, owed=100, today=date(2026, 3, 9)):
    ...     [found] = judge(terms, [friday], Decimal(owed), matches, today)
    ...     return found.state, int(found.due), int(found.received)

    Received within date and grace, by payment date, up to the tolerance:

    >>> verdict(payment(date(2026, 3, 8), Decimal(99)))
    ('kept', 100, 99)
    >>> verdict(payment(date(2026, 3, 8), Decimal(60)))
    ('partially_kept', 100, 60)
    >>> verdict(payment(date(2026, 3, 9), Decimal(100)))
    ('broken', 100, 0)

    Nothing is broken before its time, and what is paid is kept at once:

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

    Money that was paid before the promise does the same as a credit note, and money
    that went back does nothing:

    >>> verdict(payment(date(2026, 2, 27), Decimal(40)))
    ('broken', 60, 0)
    >>> verdict(payment(date(2026, 3, 5), Decimal(100), undone=True))
    ('broken', 100, 0)

    Of several parts, money goes to the earliest whose day has not passed; what is more
    than it needs goes to the next. A credit note is taken off the last:

    >>> plan = [Part(date(2026, month, 6), Decimal(100)) for month in (3, 4, 5)]
    >>> matches = [payment(date(2026, 3, 6), Decimal(130)),
    ...     payment(date(2026, 4, 10), Decimal(20)),
    ...     credit(date(2026, 4, 1), Decimal(70))]
    >>> for found in judge(terms, plan, Decimal(300), matches, date(2026, 5, 20)):
    ...     print(found.state, found.due, found.received)
    kept 100 100
    partially_kept 100 30
    partially_kept 30 20
    """
    found = []
    seen = list(matches)
    promised = carried = NOTHING
    previous = date.min
    for index, part in enumerate(parts, start=1):
        deadline = terms.deadline(part)
        in_time = [match for match in seen if match.date <= deadline]
        payable = owed - sum(match.given_up(terms) for match in in_time)
        due = max(NOTHING, min(part.amount, payable - promised))
        available = carried + sum(
            match.received(terms) for match in in_time if match.date > previous
        )
        carried = max(NOTHING, available - due)
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
    """How far a customer's word can be trusted, from 0 to 1.

    The two that are added are Laplace's: who never promised is as good as even, and
    one promise does not make a saint or a liar.

    >>> reliability(0, 0), reliability(8, 8), reliability(0, 2)
    (0.5, 0.9, 0.25)
    """
    return (kept + 1) / (judged + 2)


def equal_parts(amount: Decimal, number: int, unit: Decimal) -> list[Decimal]:
    """Divide an amount so that the parts add up to it to the last cent.

    ``unit`` is the smallest coin. The parts differ by one coin at most, the bigger
    ones come first.

    >>> [str(part) for part in equal_parts(Decimal("100.00"), 3, Decimal("0.01"))]
    ['33.34', '33.33', '33.33']
    >>> [str(part) for part in equal_parts(Decimal("10.05"), 2, Decimal("0.05"))]
    ['5.05', '5.00']

    :raises ValueError: a part would be nothing
    """
    coins = int((amount / unit).to_integral_value())
    least, more = divmod(coins, number)
    if least <= 0:
        raise ValueError(number)
    return [(least + (index < more)) * unit for index in range(number)]

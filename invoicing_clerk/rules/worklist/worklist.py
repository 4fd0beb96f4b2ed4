"""How urgent an item of a worklist is, and why, in words.

A refresh computes the same in SQL for all items at once. What is here is the meaning
of it: the suite compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CURVES = [
    ("linear", "In Proportion"),
    ("logarithm", "By Order of Magnitude"),
]

# No rule counts for more, so that a score of many rules stays a number of SQL.
MOST_POINTS = 1_000_000

OPEN_STATES = ("open", "in_progress", "snoozed")

# step -> states from which it can be taken. Guards, buttons and messages all read
# this table and nothing else.
STEPS: dict[str, tuple[str, ...]] = {
    "claim": ("open",),
    "release": ("open", "in_progress"),
    "hand_over": ("open", "in_progress", "snoozed"),
    "snooze": ("open", "in_progress"),
    "wake": ("snoozed",),
    "done": ("open", "in_progress", "snoozed"),
}

UNDO_SECONDS = 60


@dataclass(frozen=True)
class Factor:
    """A measured rule: a fact times its weight, up to a cap.

    ``cap`` 0 is no cap. A logarithm tells orders of magnitude apart: of 1,000 three.
    Facts below zero, as days of what is not due yet, count only where ``signed``.
    """

    weight: Decimal
    cap: Decimal = Decimal(0)
    curve: str = "linear"
    signed: bool = False


def quotient(fact: Decimal | None, divisor: Decimal | None) -> Decimal | None:
    """Measure a fact against another; what cannot be divided is not known.

    >>> quotient(Decimal(30), Decimal(120))
    Decimal('0.25')
    >>> quotient(Decimal(30), Decimal(0)) is quotient(None, Decimal(2)) is None
    True
    """
    return fact / divisor if fact is not None and divisor else None


def points(factor: Factor, fact: Decimal | None) -> int:
    """Points that a fact earns; none for what is not known.

    >>> overdue = Factor(Decimal("0.5"), cap=Decimal(30))
    >>> points(overdue, Decimal(45)), points(overdue, Decimal(90))
    (23, 30)
    >>> points(overdue, None)
    0

    What is not due yet counts nothing, or takes points away by the same cap:

    >>> early = Factor(Decimal("0.5"), cap=Decimal(30), signed=True)
    >>> points(overdue, Decimal(-90)), points(early, Decimal(-90))
    (0, -30)

    A logarithm starts at nothing, and debts below nothing have no magnitude:

    >>> owed = Factor(Decimal(10), curve="logarithm")
    >>> [points(owed, Decimal(fact)) for fact in (0, 9, 999, 99999, -99)]
    [0, 10, 30, 50, 0]
    """
    if fact is None or not fact.is_finite():
        return 0
    if factor.curve == "logarithm" or not factor.signed:
        fact = max(fact, Decimal(0))
    if factor.curve == "logarithm":
        fact = (1 + fact).log10()
    cap = min(abs(factor.cap) or MOST_POINTS, MOST_POINTS)
    return _rounded(max(-cap, min(cap, fact * factor.weight)))


def _rounded(value: Decimal | int) -> int:
    return int(Decimal(value).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class Reason:
    """What one rule adds to a score; ``fact`` is None where nothing is measured."""

    name: str
    points: int
    fact: Decimal | None = None

    @property
    def words(self) -> str:
        """Say what was found and what it counts.

        >>> Reason("days overdue", 30, Decimal("45.0")).words
        '45 days overdue +30'
        >>> Reason("disputed", -20).words
        'disputed \u221220'
        >>> Reason("owed", 32, Decimal("1499.5")).words
        '1,499.50 owed +32'
        """
        sign = "+" if self.points > 0 else "\u2212"
        measured = "" if self.fact is None else f"{plain(self.fact)} "
        return f"{measured}{self.name} {sign}{abs(self.points):,}"


def plain(number: Decimal) -> str:
    """Write a measured number as people do.

    >>> plain(Decimal("45.000")), plain(Decimal("1E+4")), plain(Decimal("-0.126"))
    ('45', '10,000', '−0.13')
    """
    return f"{number:,.2f}".replace("-", "−").removesuffix(".00")


def breakdown(reasons: Iterable[Reason]) -> str:
    """Explain a score; the heaviest reason comes first, one that counts 0 not at all.

    >>> breakdown([Reason("disputed", -20), Reason("days overdue", 30, Decimal(45)),
    ...     Reason("new customer", 0), Reason("broken promise", 15)])
    '45 days overdue +30 · disputed −20 · broken promise +15'
    >>> breakdown([])
    ''
    """
    heaviest = sorted(reasons, key=lambda reason: -abs(reason.points))
    return " · ".join(reason.words for reason in heaviest if reason.points)


def reasons(
    stored: Mapping[str, tuple[int, float | None]], names: Mapping[str, str]
) -> list[Reason]:
    """Read back what a refresh stored; rules that are gone keep their points.

    >>> reasons({"4": (30, 45.0), "9": (5, None)}, {"4": "days overdue"})
    [Reason(name='days overdue', points=30, fact=Decimal('45.0')), \
Reason(name='…', points=5, fact=None)]
    """
    return [
        Reason(
            names.get(rule, "…"),
            earned,
            None if fact is None else Decimal(str(fact)),
        )
        for rule, (earned, fact) in stored.items()
    ]


def score(found: Iterable[Reason]) -> int:
    """Every rule adds its points.

    >>> score([Reason("days overdue", 30), Reason("disputed", -20)])
    10
    """
    return sum(reason.points for reason in found)


def is_allowed(step: str, state: str) -> bool:
    """Whether an item can take a step.

    >>> is_allowed("claim", "open"), is_allowed("claim", "in_progress")
    (True, False)
    >>> is_allowed("snooze", "done")
    False
    """
    return state in STEPS[step]

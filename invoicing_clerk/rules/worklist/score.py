"""Priority scores of work items, and their explanation in words.

A refresh computes scores in SQL, for all items at once. These functions define what it
computes; the tests compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CURVES = [
    ("linear", "Proportional"),
    ("logarithm", "Logarithmic"),
]

# Limit of a single rule, so that the score of many rules fits into an integer.
MOST_POINTS = 1_000_000


@dataclass(frozen=True)
class Factor:
    """A rule that measures a fact: the fact times a weight, up to a cap.

    ``cap`` 0 means no cap. A logarithm compares orders of magnitude: 1,000 has three.
    Negative facts, such as days until the due date, count only if ``signed``.
    """

    weight: Decimal
    cap: Decimal = Decimal(0)
    curve: str = "linear"
    signed: bool = False


def points(factor: Factor, fact: Decimal | None) -> int:
    """Return the points for a fact; an unknown fact gets none.

    >>> overdue = Factor(Decimal("0.5"), cap=Decimal(30))
    >>> points(overdue, Decimal(45)), points(overdue, Decimal(90))
    (23, 30)
    >>> points(overdue, None)
    0
    >>> points(Factor(Decimal(1)), Decimal(2_000_000))
    1000000

    An invoice that is not due yet gets no points, or loses points up to the same cap:

    >>> early = Factor(Decimal("0.5"), cap=Decimal(30), signed=True)
    >>> points(overdue, Decimal(-90)), points(early, Decimal(-90))
    (0, -30)

    A logarithm starts at zero, and negative amounts have no magnitude:

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
    """The points of one rule; ``fact`` is None where the rule measures nothing."""

    name: str
    points: int
    fact: Decimal | None = None

    @property
    def words(self) -> str:
        """Describe the fact and its points.

        >>> Reason("days overdue", 30, Decimal("45.0")).words
        '45 days overdue +30'
        >>> Reason("disputed", -20).words
        'disputed \u221220'
        >>> Reason("new customer", 1).words
        'new customer +1'
        >>> Reason("owed", 32, Decimal("1499.5")).words
        '1,499.50 owed +32'
        """
        sign = "+" if self.points > 0 else "\u2212"
        measured = "" if self.fact is None else f"{format_number(self.fact)} "
        return f"{measured}{self.name} {sign}{abs(self.points):,}"


def format_number(number: Decimal) -> str:
    """Format a measured number for people, without trailing zeros.

    >>> [format_number(Decimal(text)) for text in ("45.000", "1E+4", "-0.126")]
    ['45', '10,000', '−0.13']
    """
    return f"{number:,.2f}".replace("-", "−").removesuffix(".00")


def breakdown(reasons: Iterable[Reason]) -> str:
    """Explain a score, the heaviest reason first, without reasons of 0 points.

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
    """Read the breakdown that a refresh stored; deleted rules keep their points.

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

"""How many to look at, and what those that were looked at say about all.

Amounts are evaluated as monetary units: each coin of the population has the same chance
to be drawn, and what is wrong with the item around a drawn coin stands for a whole
interval (AICPA Audit Guide *Audit Sampling*, chapter 6; ISA 530). Where items and not
coins are drawn, each is thought to be as big as the biggest it was drawn from, the rest
of it being right. So the same bound holds, and is the wider the more the sizes differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .sampling_factor import (
    binomial_upto,
    check_risk,
    gamma_above,
    poisson_factor,
    upper_rate,
)

METHODS = [
    ("mus", "Monetary Units"),
    ("random", "Random"),
    ("systematic", "Every n-th"),
    ("stratified", "Random by Stratum"),
]
PURPOSES = [("amount", "Amounts"), ("attribute", "Deviations")]
STATES = [
    ("draft", "Plan"),
    ("selected", "Drawn"),
    ("recorded", "Recorded"),
    ("evaluated", "Evaluated"),
]
# step -> states of a sample from which it can be taken.
STEPS: dict[str, tuple[str, ...]] = {
    "draw": ("draft",),
    "reset": ("selected",),
    "record": ("selected", "recorded"),
    "evaluate": ("recorded",),
    "revise": ("evaluated",),
    "compare": ("selected", "recorded", "evaluated"),
}
# Nobody looks at more; a plan that needs it has a mistake in it.
MOST = 1_000_000

NOTHING = Decimal(0)


def is_allowed(step: str, state: str) -> bool:
    """Whether a sample can take a step.

    >>> is_allowed("draw", "draft"), is_allowed("reset", "evaluated")
    (True, False)
    """
    return state in STEPS[step]


class TolerableError(ValueError):
    """Without a tolerable misstatement or rate no size can be right."""


class ExpectedError(ValueError):
    """As much is expected as can be tolerated: no sample can show less."""


class SizeError(ValueError):
    """What is expected is so close to what is tolerable that no sample is enough."""


def monetary_size(
    book: Decimal, tolerable: Decimal, expected: Decimal, risk: float
) -> int:
    """The smallest sample whose upper limit, with what is expected, is tolerable.

    Table C-1 of the AICPA guide: risk 5 %, tolerable 5 % of the book value, expected
    one fifth of that; then the same with nothing expected.

    >>> hundred = Decimal(100)
    >>> monetary_size(hundred, Decimal(5), Decimal(1), 0.05)
    93
    >>> monetary_size(hundred, Decimal(5), Decimal(0), 0.05)
    60

    The expected errors are not rounded to a whole number.

    :raises RiskError: the risk is not above 0 and at most one half
    :raises TolerableError: nothing is tolerable
    :raises ExpectedError: as much is expected as is tolerable
    :raises SizeError: more than a million would be needed
    """
    check_plan(float(tolerable), float(expected), risk)
    wrong, bad = float(expected / book), float(tolerable / book)
    return _smallest(lambda size: gamma_above(1 + size * wrong, size * bad) <= risk)


def attribute_size(tolerable_rate: float, deviations: int, risk: float) -> int:
    """The smallest sample that, with so many deviations, shows a tolerable rate.

    >>> [attribute_size(0.05, deviations, 0.05) for deviations in range(3)]
    [59, 93, 124]

    :raises RiskError: the risk is not above 0 and at most one half
    :raises TolerableError: nothing is tolerable
    :raises SizeError: more than a million would be needed
    """
    check_plan(tolerable_rate, 0, risk)
    return _smallest(
        lambda size: (
            size > deviations
            and binomial_upto(deviations, size, tolerable_rate) <= risk
        )
    )


def check_plan(tolerable: float, expected: float, risk: float) -> None:
    """Refuse a plan that no sample can fulfil.

    :raises RiskError: the risk is not above 0 and at most one half
    :raises TolerableError: nothing is tolerable
    :raises ExpectedError: as much is expected as is tolerable
    """
    check_risk(risk)
    if tolerable <= 0:
        raise TolerableError(tolerable)
    if expected >= tolerable:
        raise ExpectedError(expected)


def _smallest(enough: Callable[[int], bool]) -> int:
    """Find the first size that is enough: all bigger ones are, so halving finds it."""
    high = 1
    while not enough(high):
        high *= 2
        if high > MOST:
            raise SizeError(high)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@dataclass(frozen=True)
class Audited:
    """An item that was looked at: what the books say, and what is right.

    ``stands_for`` is the part of the book value that it speaks for: the interval of
    the monetary units, or its own value times the items for each one drawn. It is
    None for an item that was taken with certainty, which speaks for itself alone.
    ``book`` is above zero: credits are sampled apart, with their sign turned. ``key``
    is the caller's name for it.
    """

    book: Decimal
    audited: Decimal
    stands_for: Decimal | None
    key: object = None

    @property
    def taint(self) -> Decimal:
        """The part of the book value that is wrong, below zero where too little.

        >>> str(Audited(Decimal(200), Decimal(150), None).taint)
        '0.25'
        """
        return (self.book - self.audited) / self.book


@dataclass(frozen=True)
class Error:
    """What is wrong with one item, and what that says of all that were not looked at.

    ``step`` is by how much the factor of so many errors exceeds that of one less, and
    one more; ``allowance`` is the projected amount times it. Both are zero for an item
    taken with certainty.
    """

    item: Audited
    projected: Decimal
    step: Decimal = NOTHING
    allowance: Decimal = NOTHING


@dataclass(frozen=True)
class Limit:
    """What the books are wrong by in one direction: likely, and at most.

    ``errors`` are in the order of their weight; those of items taken with certainty
    come first. ``factor`` is that of no error, and ``basic`` what it makes of the
    interval.
    """

    errors: tuple[Error, ...]
    factor: Decimal
    basic: Decimal

    @property
    def known(self) -> Decimal:
        """What was found in items taken with certainty; part of what is projected."""
        certain = (each for each in self.errors if each.item.stands_for is None)
        return sum((each.projected for each in certain), NOTHING)

    @property
    def projected(self) -> Decimal:
        """The likely misstatement."""
        return sum((each.projected for each in self.errors), NOTHING)

    @property
    def incremental(self) -> Decimal:
        """What is allowed for, beyond the basic precision, since errors were found."""
        return sum((each.allowance for each in self.errors), NOTHING)

    @property
    def upper(self) -> Decimal:
        """The upper misstatement limit."""
        return self.projected + self.basic + self.incremental


def limits(
    items: Iterable[Audited], interval: Decimal, risk: float, coin: Decimal
) -> tuple[Limit, Limit]:
    """The overstatement and the understatement of the books, each by itself.

    ``interval`` is what one item of the sample stands for at most, zero where all was
    looked at. Each figure is rounded to the coin, so that what is printed adds up.

    Of a sample at an interval of 1,000, one invoice of 100 should be 50, another of
    200 should be 150; one of 5,000, taken with certainty, should be 4,900:

    >>> over, under = limits([
    ...     Audited(Decimal(200), Decimal(150), Decimal(1000), "B"),
    ...     Audited(Decimal(100), Decimal(50), Decimal(1000), "A"),
    ...     Audited(Decimal(5000), Decimal(4900), None, "C"),
    ...     Audited(Decimal(300), Decimal(300), Decimal(1000), "D"),
    ... ], Decimal(1000), 0.05, Decimal("0.01"))
    >>> for error in over.errors:
    ...     print(error.item.key, error.projected, f"{error.step:.4f}", error.allowance)
    C 100.00 0.0000 0
    A 500.00 0.7481 374.07
    B 250.00 0.5519 137.98
    >>> print(over.known, over.projected, over.basic, over.incremental, over.upper)
    100.00 850.00 2995.73 512.05 4357.78
    >>> print(len(under.errors), under.projected, under.upper)
    0 0 2995.73

    :raises RiskError: the risk is not above 0 and at most one half
    """
    seen = list(items)
    check_risk(risk)
    over = [item for item in seen if item.taint > 0]
    under = [item for item in seen if item.taint < 0]
    return _limit(over, interval, risk, coin), _limit(under, interval, risk, coin)


def _limit(
    wrong: list[Audited], interval: Decimal, risk: float, coin: Decimal
) -> Limit:
    known = [
        Error(item, abs(item.book - item.audited).quantize(coin, ROUND_HALF_UP))
        for item in wrong
        if item.stands_for is None
    ]
    projections = sorted(
        (
            (abs(item.taint) * item.stands_for, item)
            for item in wrong
            if item.stands_for is not None
        ),
        key=lambda each: -each[0],
    )
    factors = [
        Decimal(poisson_factor(risk, errors)) for errors in range(len(projections) + 1)
    ]
    steps = [factors[k] - factors[k - 1] - 1 for k in range(1, len(factors))]
    widened = [
        Error(
            item,
            projected.quantize(coin, ROUND_HALF_UP),
            step,
            (projected * step).quantize(coin, ROUND_HALF_UP),
        )
        for (projected, item), step in zip(projections, steps, strict=True)
    ]
    basic = (interval * factors[0]).quantize(coin, ROUND_HALF_UP)
    return Limit((*known, *widened), factors[0], basic)


@dataclass(frozen=True)
class Rate:
    """How many of the population deviate: likely, and at most."""

    deviations: int
    size: int
    likely: float
    upper: float


def deviation_rate(deviations: int, size: int, population: int, risk: float) -> Rate:
    """What deviations in a sample say of the rate in the population.

    Strata that were sampled in proportion to their items count as one sample: the limit
    is then on the safe side (Hoeffding 1956).

    >>> found = deviation_rate(1, 93, 5000, 0.05)
    >>> f"{found.likely:.4f} {found.upper:.4f}"
    '0.0108 0.0500'

    Who looked at all of them takes no risk:

    >>> deviation_rate(1, 50, 50, 0.05).upper
    0.02
    """
    likely = deviations / size
    complete = size >= population
    upper = likely if complete else upper_rate(risk, deviations, size)
    return Rate(deviations, size, likely, upper)

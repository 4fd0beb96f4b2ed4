"""Sample sizes, and the evaluation of samples: projection and upper limits.

Amounts are evaluated as monetary units: each unit of the population has the same chance
of selection, and the tainting of the item that contains a selected unit is projected to
a whole sampling interval (AICPA Audit Guide *Audit Sampling*, chapter 6; ISA 530). If
items are drawn instead of monetary units, each counts as large as the largest item of
its stratum, with the additional amount taken as correct. So the same bound holds; it
widens as the sizes of items differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ...lifecycle import Lifecycle, Step
from .sampling_factor import (
    check_risk,
    gamma_above,
    is_within_risk,
    poisson_factor,
    upper_rate,
)

METHODS = [
    ("mus", "Monetary Unit Sampling"),
    ("random", "Random"),
    ("systematic", "Systematic"),
    ("stratified", "Stratified Random"),
]
PURPOSES = [
    ("amount", "Substantive (amounts)"),
    ("attribute", "Controls (deviations)"),
]
STATES = [
    ("draft", "Planned"),
    ("selected", "Drawn"),
    ("recorded", "Recorded"),
    ("evaluated", "Evaluated"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "draw": Step(("draft",), "selected"),
        "reset": Step(("selected",), "draft"),
        "record": Step(("selected", "recorded"), ("selected", "recorded")),
        "evaluate": Step(("recorded",), "evaluated"),
        "revise": Step(("evaluated",), "recorded"),
        "compare": Step(("selected", "recorded", "evaluated")),
    },
)
# No auditor examines more items; a plan that needs more contains an error.
MAXIMUM_SIZE = 1_000_000

ZERO = Decimal(0)


class TolerableError(ValueError):
    """No sample size exists without a tolerable misstatement or rate."""


class ExpectedError(ValueError):
    """The expected misstatement is not below the tolerable: no sample can suffice."""


class SizeError(ValueError):
    """No permitted size suffices: expected and tolerable are too close."""


def monetary_size(
    book: Decimal, tolerable: Decimal, expected: Decimal, risk: float
) -> int:
    """Return the smallest sample size whose expected upper limit is tolerable.

    Table C-1 of the AICPA guide: risk 5%, tolerable 5% of the book value, expected
    one fifth of that; then the same with nothing expected.

    >>> hundred = Decimal(100)
    >>> monetary_size(hundred, Decimal(5), Decimal(1), 0.05)
    93
    >>> monetary_size(hundred, Decimal(5), Decimal(0), 0.05)
    60

    The number of expected errors is not rounded to a whole number.

    :raises RiskError: the risk is not above 0 and at most one half
    :raises TolerableError: the tolerable amount or rate is zero
    :raises ExpectedError: the expected amount or rate is not below the tolerable
    :raises SizeError: more than a million would be needed
    """
    check_plan(float(tolerable), float(expected), risk)
    wrong, bad = float(expected / book), float(tolerable / book)
    return _smallest(lambda size: gamma_above(1 + size * wrong, size * bad) <= risk)


def attribute_size(tolerable_rate: float, deviations: int, risk: float) -> int:
    """Return the smallest sample in which these deviations are still tolerable.

    >>> [attribute_size(0.05, deviations, 0.05) for deviations in range(3)]
    [59, 93, 124]
    >>> attribute_size(0.99, 0, 0.05), attribute_size(0.5, 0, 0.5)
    (1, 1)

    :raises RiskError: the risk is not above 0 and at most one half
    :raises TolerableError: the tolerable amount or rate is zero
    :raises SizeError: more than a million would be needed
    """
    check_plan(tolerable_rate, 0, risk)
    return _smallest(
        lambda size: (
            size > deviations and is_within_risk(risk, deviations, size, tolerable_rate)
        )
    )


def check_plan(tolerable: float, expected: float, risk: float) -> None:
    """Check that a sample can meet the plan at all.

    :raises RiskError: the risk is not above 0 and at most one half
    :raises TolerableError: the tolerable amount or rate is zero
    :raises ExpectedError: the expected amount or rate is not below the tolerable
    """
    check_risk(risk)
    if tolerable <= 0:
        raise TolerableError(tolerable)
    if expected >= tolerable:
        raise ExpectedError(expected)


def _smallest(enough: Callable[[int], bool]) -> int:
    """Return the smallest sufficient size by bisection; all larger ones suffice.

    >>> _smallest(lambda size: size >= 1_000_000)
    1000000
    >>> try:
    ...     _smallest(lambda size: size > 1_000_000)
    ... except SizeError as error:
    ...     print("not even", error)
    not even 1000000
    """
    high = 1
    while not enough(high):
        if high == MAXIMUM_SIZE:
            raise SizeError(high)
        high = min(2 * high, MAXIMUM_SIZE)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


@dataclass(frozen=True)
class Audited:
    """An examined item: its book value and its audited value.

    ``stands_for`` is the part of the population's book value that it represents: the
    sampling interval, or its own value times the number of items for each drawn one. It
    is None for an individually significant item, which represents only itself. ``book``
    is above zero: credits are a stratum of their own, with their sign reversed. ``key``
    identifies the item for the caller.
    """

    book: Decimal
    audited: Decimal
    stands_for: Decimal | None
    key: object = None

    @property
    def taint(self) -> Decimal:
        """Return the misstated part of the book value; negative for an understatement.

        >>> str(Audited(Decimal(200), Decimal(150), None).taint)
        '0.25'
        """
        return (self.book - self.audited) / self.book


@dataclass(frozen=True)
class Error:
    """The misstatement of one item, projected to what the item represents.

    ``step`` is the increment of the confidence factor for this error, less one;
    ``allowance`` is the projected misstatement times it. Both are zero for an
    individually significant item.
    """

    item: Audited
    projected: Decimal
    step: Decimal = ZERO
    allowance: Decimal = ZERO


@dataclass(frozen=True)
class Limit:
    """Projected misstatement and upper misstatement limit in one direction.

    ``errors`` are in descending order of their projection, after those of individually
    significant items. ``factor`` is the confidence factor for no errors, and ``basic``
    the basic precision that results from it.
    """

    errors: tuple[Error, ...]
    factor: Decimal
    basic: Decimal

    @property
    def known(self) -> Decimal:
        """Return the known misstatement of individually significant items."""
        significant = (each for each in self.errors if each.item.stands_for is None)
        return sum((each.projected for each in significant), ZERO)

    @property
    def projected(self) -> Decimal:
        """Return the projected misstatement, known misstatement included."""
        return sum((each.projected for each in self.errors), ZERO)

    @property
    def incremental(self) -> Decimal:
        """Return the incremental allowance for the errors that were found."""
        return sum((each.allowance for each in self.errors), ZERO)

    @property
    def upper(self) -> Decimal:
        """Return the upper misstatement limit."""
        return self.projected + self.basic + self.incremental


def limits(
    items: Iterable[Audited], interval: Decimal, risk: float, minor_unit: Decimal
) -> tuple[Limit, Limit]:
    """Return the limits of overstatement and of understatement, evaluated separately.

    ``interval`` is the largest amount that one item of the sample represents, zero
    where all items were examined. Each figure is rounded to the smallest unit of the
    currency, ``minor_unit``, so that printed figures add up.

    In a sample at an interval of 1,000, an invoice of 100 should be 50 and another of
    200 should be 150; an individually significant one of 5,000 should be 4,900:

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
    >>> print(f"{over.factor:.4f}")
    2.9957
    >>> print(len(under.errors), under.projected, under.upper)
    0 0 2995.73

    :raises RiskError: the risk is not above 0 and at most one half
    """
    examined = list(items)
    check_risk(risk)
    over = [item for item in examined if item.taint > 0]
    under = [item for item in examined if item.taint < 0]
    return (
        _limit(over, interval, risk, minor_unit),
        _limit(under, interval, risk, minor_unit),
    )


def _limit(
    wrong: list[Audited], interval: Decimal, risk: float, minor_unit: Decimal
) -> Limit:
    known = [
        Error(item, abs(item.book - item.audited).quantize(minor_unit, ROUND_HALF_UP))
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
            projected.quantize(minor_unit, ROUND_HALF_UP),
            step,
            (projected * step).quantize(minor_unit, ROUND_HALF_UP),
        )
        for (projected, item), step in zip(projections, steps, strict=True)
    ]
    basic = (interval * factors[0]).quantize(minor_unit, ROUND_HALF_UP)
    return Limit((*known, *widened), factors[0], basic)


@dataclass(frozen=True)
class Rate:
    """Deviation rate of a sample, and its upper limit for the population."""

    deviations: int
    size: int
    likely: float
    upper: float


def deviation_rate(deviations: int, size: int, population: int, risk: float) -> Rate:
    """Return the deviation rate of a sample and its upper limit for the population.

    Strata that were sampled in proportion to their number of items count as one sample:
    the limit is then conservative (Hoeffding 1956).

    >>> found = deviation_rate(1, 93, 5000, 0.05)
    >>> f"{found.likely:.4f} {found.upper:.4f}"
    '0.0108 0.0500'

    Where all items were examined, there is no sampling risk:

    >>> deviation_rate(1, 50, 50, 0.05).upper
    0.02
    """
    likely = deviations / size
    complete = size >= population
    upper = likely if complete else upper_rate(risk, deviations, size)
    return Rate(deviations, size, likely, upper)

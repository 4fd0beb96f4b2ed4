"""Computed factors of the printed tables of audit sampling.

The relative precision is 1e-9 for risks from 0.1% to 50% and any realistic number of
errors in a sample. Printed tables round up to two places; nothing is rounded here.

Sources: AICPA Audit Guide *Audit Sampling*, appendices A to C; the expansions of the
incomplete gamma function are 6.5.29 and 6.5.31 of Abramowitz and Stegun.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

# Relative size of the remainder of a sum that is neglected.
PRECISION = 1e-16
# Lentz's method must not divide by zero: a value far below the precision.
TINY = 1e-300
# Relative error of a binomial probability, and the largest sample in which it can be
# exactly a risk of a few decimal places: its denominator grows with each item.
NEAR_TIE = 1e-11
TIE_SIZE = 100
# Bisections after which no float is left within an interval.
HALVINGS = 200


def gamma_above(shape: float, x: float) -> float:
    """Return the probability that a gamma variable exceeds ``x``: Q(shape, x).

    For an integer shape it is the probability that a Poisson variable of mean ``x`` is
    below the shape:

    >>> round(gamma_above(2, 3.0), 12) == round(math.exp(-3) * (1 + 3), 12)
    True
    >>> gamma_above(1.5, 0.0)
    1.0
    """
    if x <= 0:
        return 1.0
    density = math.exp(shape * math.log(x) - x - math.lgamma(shape))
    if x < shape + 1:
        return 1.0 - density * _series(shape, x)
    return density * _fraction(shape, x)


def _series(shape: float, x: float) -> float:
    term = total = 1.0 / shape
    while term > total * PRECISION:
        shape += 1
        term *= x / shape
        total += term
    return total


def _fraction(shape: float, x: float) -> float:
    """Evaluate the continued fraction by Lentz's method, from the front."""
    b = x + 1 - shape
    c = 1 / TINY
    d = total = 1 / b
    step, factor = 0, 0.0
    while abs(factor - 1) > PRECISION * 4:
        step += 1
        a = -step * (step - shape)
        b += 2
        d = 1 / (a * d + b or TINY)
        c = b + a / c or TINY
        factor = d * c
        total *= factor
    return total


def poisson_factor(risk: float, errors: float) -> float:
    """Return CF(r, k): the mean at which k errors or fewer have a probability ``risk``.

    >>> from decimal import ROUND_CEILING, Decimal
    >>> def printed(risk, errors):
    ...     factor = Decimal(poisson_factor(risk, errors))
    ...     return str(factor.quantize(Decimal("0.01"), ROUND_CEILING))
    >>> [printed(0.05, errors) for errors in range(5)]
    ['3.00', '4.75', '6.30', '7.76', '9.16']
    >>> [printed(0.10, errors) for errors in range(5)]
    ['2.31', '3.89', '5.33', '6.69', '8.00']

    ``errors`` need not be an integer, as quantiles of the gamma distribution are
    defined in between.

    :raises RiskError: the risk is not above 0 and at most one half
    """
    check_risk(risk)
    high = errors + 2.0
    while gamma_above(errors + 1, high) > risk:
        high *= 2
    return _falling_to(0.0, high, lambda mean: gamma_above(errors + 1, mean) > risk)


def binomial_upto(errors: int, size: int, rate: float) -> float:
    """Return the probability of this number of errors or fewer in a sample.

    >>> binomial_upto(0, 2, 0.25), binomial_upto(1, 2, 0.5), binomial_upto(2, 2, 0.5)
    (0.5625, 0.75, 1.0)
    >>> binomial_upto(0, 2, 0.0), binomial_upto(0, 2, 1.0)
    (1.0, 0.0)
    """
    if errors >= size or rate <= 0:
        return 1.0
    if rate >= 1:
        return 0.0
    odds = math.log(rate) - math.log1p(-rate)
    logarithm = size * math.log1p(-rate)
    terms = [math.exp(logarithm)]
    for error in range(1, errors + 1):
        logarithm += math.log((size - error + 1) / error) + odds
        terms.append(math.exp(logarithm))
    return min(1.0, math.fsum(terms))


def is_within_risk(risk: float, errors: int, size: int, rate: float) -> bool:
    """Return whether this number of errors or fewer is at most as probable as the risk.

    Exact at a tie, for rate and risk as they are written: half a tenth is 0.05.

    >>> is_within_risk(0.5, 0, 1, 0.5), is_within_risk(0.01, 0, 2, 0.9)
    (True, True)
    >>> is_within_risk(0.01, 0, 2, 0.899999)
    False
    """
    chance = binomial_upto(errors, size, rate)
    if size > TIE_SIZE or abs(chance - risk) > NEAR_TIE * risk:
        return chance <= risk
    return _exact_upto(errors, size, Fraction(str(rate))) <= Fraction(str(risk))


def _exact_upto(errors: int, size: int, rate: Fraction) -> Fraction:
    wrong, right = rate.numerator, rate.denominator - rate.numerator
    ways = sum(
        math.comb(size, error) * wrong**error * right ** (size - error)
        for error in range(errors + 1)
    )
    return Fraction(ways, rate.denominator**size)


def upper_rate(risk: float, errors: int, size: int) -> float:
    """Return the upper deviation rate of a population at the given risk.

    It is the one-sided limit of Clopper and Pearson. 59 items without a deviation give
    just below 5%; if all items deviate, the limit is 100%:

    >>> round(upper_rate(0.05, 0, 59), 6), upper_rate(0.05, 3, 3)
    (0.049508, 1.0)

    :raises RiskError: the risk is not above 0 and at most one half
    """
    check_risk(risk)
    if errors >= size:
        return 1.0
    return _falling_to(
        errors / size, 1.0, lambda rate: not is_within_risk(risk, errors, size, rate)
    )


def _falling_to(low: float, high: float, is_above: Callable[[float], bool]) -> float:
    """Return where a probability that decreases between the ends reaches a goal."""
    for _halving in range(HALVINGS):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        if is_above(middle):
            low = middle
        else:
            high = middle
    return high


class RiskError(ValueError):
    """The risk of incorrect acceptance is not above 0 and at most one half."""


def check_risk(risk: float) -> None:
    """Check that a risk is in the permitted range.

    :raises RiskError: it is not above 0 and at most one half
    """
    if not 0 < risk <= 0.5:
        raise RiskError(risk)

"""Benford's law: expected frequencies of first digits, and deviations from them.

Source: Mark Nigrini, Benford's Law (2012): expected proportions, the z-statistic with
its continuity correction, and the bounds of the mean absolute deviation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

# Bounds of the mean absolute deviation: close, acceptable, marginal.
BOUNDS = {1: (0.006, 0.012, 0.015), 2: (0.0012, 0.0018, 0.0022)}
NAMES = ("close", "acceptable", "marginal")
# Minimum number of amounts: with fewer, deviations are random.
MINIMUM = {1: 300, 2: 1000}
# Critical z-value at the 1% level.
SIGNIFICANT = 2.576


def leading(digits: int) -> range:
    """Return the range of possible first digits.

    >>> leading(1), leading(2)
    (range(1, 10), range(10, 100))
    """
    return range(10 ** (digits - 1), 10**digits)


def expected(first: int) -> float:
    """Return the expected proportion of amounts that begin with the digits.

    >>> round(expected(1), 4), round(expected(9), 4), round(expected(10), 4)
    (0.301, 0.0458, 0.0414)
    """
    return math.log10(1 + 1 / first)


def deviation(counts: Mapping[int, int], digits: int) -> float:
    """Return the mean absolute deviation of observed from expected proportions.

    >>> round(deviation({1: 301, 2: 176, 3: 125, 4: 97, 5: 79, 6: 67, 7: 58, 8: 51,
    ...                  9: 46}, 1), 4)
    0.0001
    >>> round(deviation({9: 1000}, 1), 3), round(deviation({}, 1), 3)
    (0.212, 0.111)
    """
    total = sum(counts.values()) or 1
    gaps = [
        abs(counts.get(first, 0) / total - expected(first)) for first in leading(digits)
    ]
    return sum(gaps) / len(gaps)


def verdict(counts: Mapping[int, int], digits: int) -> str:
    """Return the conformity of the amounts.

    >>> even = {digit: 100 for digit in range(1, 10)}
    >>> verdict(even, 1), verdict({1: 5}, 1)
    ('nonconforming', 'few')
    >>> lawful = {digit: round(10_000 * expected(digit)) for digit in range(1, 10)}
    >>> verdict(lawful, 1)
    'close'
    """
    if sum(counts.values()) < MINIMUM[digits]:
        return "few"
    value = deviation(counts, digits)
    for name, bound in zip(NAMES, BOUNDS[digits], strict=True):
        if value <= bound:
            return name
    return "nonconforming"


def score(count: int, total: int, first: int) -> float:
    """Return the z-statistic of a proportion, with continuity correction.

    >>> round(score(400, 1000, 1), 2), score(301, 1000, 1)
    (6.79, 0.0)
    """
    share = expected(first)
    gap = abs(count / total - share)
    correction = 1 / (2 * total)
    gap = gap - correction if gap > correction else 0.0
    return gap / math.sqrt(share * (1 - share) / total)


def conspicuous(counts: Mapping[int, int], digits: int) -> list[int]:
    """Return the digits that occur too often, if the amounts as a whole deviate.

    Amounts that conform as a whole have no conspicuous digits: in large populations
    every small deviation is significant.

    >>> counts = {digit: round(1000 * expected(digit)) for digit in range(1, 10)}
    >>> conspicuous(counts, 1)
    []
    >>> conspicuous({**counts, 4: 400}, 1)
    [4]
    """
    if verdict(counts, digits) not in ("marginal", "nonconforming"):
        return []
    total = sum(counts.values())
    return [
        first
        for first, count in sorted(counts.items())
        if count > total * expected(first) and score(count, total, first) > SIGNIFICANT
    ]


def ranges(first: int, digits: int, places: int = 10) -> list[tuple[float, float]]:
    """Return the ranges of amounts that begin with the digits, upper bound excluded.

    >>> ranges(4, 1, places=3)
    [(4, 5), (40, 50), (400, 500)]
    >>> ranges(49, 2, places=3)
    [(4.9, 5.0), (49, 50), (490, 500)]
    >>> ranges(12, 2, places=1), ranges(123, 3, places=2)
    ([(1.2, 1.3)], [(1.23, 1.24), (12.3, 12.4)])
    >>> ranges(4, 1)[-1]
    (4000000000, 5000000000)
    """
    powers = range(1 - digits, places + 1 - digits)
    return [
        (first * 10**power, (first + 1) * 10**power)
        if power >= 0
        else (first / 10**-power, (first + 1) / 10**-power)
        for power in powers
    ]

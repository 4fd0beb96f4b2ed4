"""Benford's law: how often amounts begin with which digits, and how far they deviate.

Source: Mark Nigrini, Benford's Law (2012): expected proportions, the z-statistic with
its continuity correction, and the bounds of the mean absolute deviation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

# Bounds of the mean absolute deviation: close, acceptable, marginal.
BOUNDS = {1: (0.006, 0.012, 0.015), 2: (0.0012, 0.0018, 0.0022)}
NAMES = ("close", "acceptable", "marginal")
# Below it the deviation says more about chance than about the amounts.
ENOUGH = {1: 300, 2: 1000}
# What one digit exceeds by chance in a hundred times once.
SIGNIFICANT = 2.576


def leading(digits: int) -> range:
    """All that an amount can begin with.

    >>> leading(1), leading(2)
    (range(1, 10), range(10, 100))
    """
    return range(10 ** (digits - 1), 10**digits)


def expected(first: int) -> float:
    """Proportion of amounts that begin with the digits.

    >>> round(expected(1), 4), round(expected(9), 4), round(expected(10), 4)
    (0.301, 0.0458, 0.0414)
    """
    return math.log10(1 + 1 / first)


def deviation(counts: Mapping[int, int], digits: int) -> float:
    """The mean absolute deviation of found from expected proportions.

    >>> round(deviation({1: 301, 2: 176, 3: 125, 4: 97, 5: 79, 6: 67, 7: 58, 8: 51,
    ...                  9: 46}, 1), 4)
    0.0001
    >>> round(deviation({9: 1000}, 1), 3)
    0.212
    """
    total = sum(counts.values()) or 1
    gaps = [
        abs(counts.get(each, 0) / total - expected(each)) for each in leading(digits)
    ]
    return sum(gaps) / len(gaps)


def verdict(counts: Mapping[int, int], digits: int) -> str:
    """What the deviation says of the amounts.

    >>> even = {digit: 100 for digit in range(1, 10)}
    >>> verdict(even, 1), verdict({1: 5}, 1)
    ('nonconforming', 'few')
    >>> lawful = {digit: round(10_000 * expected(digit)) for digit in range(1, 10)}
    >>> verdict(lawful, 1)
    'close'
    """
    if sum(counts.values()) < ENOUGH[digits]:
        return "few"
    found = deviation(counts, digits)
    for name, bound in zip(NAMES, BOUNDS[digits], strict=True):
        if found <= bound:
            return name
    return "nonconforming"


def score(count: int, total: int, first: int) -> float:
    """How many standard deviations a proportion is off, continuity corrected.

    >>> round(score(400, 1000, 1), 2), score(301, 1000, 1)
    (6.79, 0.0)
    """
    share = expected(first)
    gap = abs(count / total - share)
    correction = 1 / (2 * total)
    gap = gap - correction if gap > correction else 0.0
    return gap / math.sqrt(share * (1 - share) / total)


def conspicuous(counts: Mapping[int, int], digits: int) -> list[int]:
    """Digits that are found too often where the amounts as a whole deviate.

    A lawful whole has no conspicuous digits: in large numbers every chance is
    significant.

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
        each
        for each in leading(digits)
        if counts.get(each, 0) > total * expected(each)
        and score(counts[each], total, each) > SIGNIFICANT
    ]


def ranges(first: int, digits: int, places: int = 10) -> list[tuple[float, float]]:
    """Amounts that begin with the digits, as ranges without their upper end.

    >>> ranges(4, 1, places=3)
    [(4, 5), (40, 50), (400, 500)]
    >>> ranges(49, 2, places=3)
    [(4.9, 5.0), (49, 50), (490, 500)]
    """
    powers = range(1 - digits, places + 1 - digits)
    return [
        (first * 10**power, (first + 1) * 10**power)
        if power >= 0
        else (first / 10**-power, (first + 1) / 10**-power)
        for power in powers
    ]

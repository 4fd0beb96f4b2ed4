"""Selection of items by a seed, so that it can be reproduced.

Values are integers in minor units of the currency, so that rounding does not depend on
the computer, and random numbers are derived from SHA-256.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate

BLOCK_BITS = 256


class Chance:
    """Random numbers that depend only on a seed.

    The n-th block is the SHA-256 digest of ``<seed>:<n>`` in UTF-8, n counted from 0,
    read as one number, most significant byte first. A number below a limit uses as many
    top bits of a block as the limit needs; numbers that are too large are skipped, so
    that all numbers are equally likely.

    >>> chance = Chance("2026")
    >>> [chance.below(1000) for _draw in range(5)]
    [645, 234, 432, 396, 287]
    >>> Chance("2026").below(1000) == Chance("2027").below(1000)
    False
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._next = 0

    def below(self, limit: int) -> int:
        """Return a number from 0 to the limit, exclusive."""
        bits = (limit - 1).bit_length()
        while (number := self._block() >> (BLOCK_BITS - bits)) >= limit:
            pass
        return number

    def _block(self) -> int:
        digest = sha256(f"{self._seed}:{self._next}".encode()).digest()
        self._next += 1
        return int.from_bytes(digest, "big")

    def combination(self, size: int, number: int) -> list[int]:
        """Return ``size`` different numbers below ``number``, in order.

        All combinations are equally likely (Floyd's algorithm).

        >>> Chance("2026").combination(3, 10)
        [3, 5, 6]
        >>> Chance("any").combination(4, 4)
        [0, 1, 2, 3]
        """
        chosen: set[int] = set()
        for last in range(number - size, number):
            drawn = self.below(last + 1)
            chosen.add(last if drawn in chosen else drawn)
        return sorted(chosen)


@dataclass(frozen=True)
class Hit:
    """An item that is selected.

    ``index`` is its position in the population, from 0. ``unit`` is the selected
    monetary unit, counted from 1 in the cumulative total; None where items are drawn.
    ``stratum`` is the position of its stratum.
    """

    index: int
    stratum: int
    unit: int | None = None


@dataclass(frozen=True)
class Stratum:
    """A part of a population from which items are drawn.

    ``size`` of ``count`` items are examined; if that is all of them, nothing is
    projected. ``low`` and ``high`` are the smallest and the largest value, ``total`` is
    their sum. ``interval`` is the largest amount that one examined item represents: the
    sampling interval, or, where items are drawn, the items per drawn item times the
    largest value.
    """

    count: int
    size: int
    low: int
    high: int
    total: int
    interval: int

    @property
    def is_certain(self) -> bool:
        return self.size >= self.count


@dataclass(frozen=True)
class Drawn:
    """A sample, in the order of the population.

    ``start`` is the first monetary unit, counted from 1, or the random start of
    systematic selection, counted from 0; None for other methods.
    """

    hits: list[Hit]
    strata: list[Stratum]
    start: int | None = None

    @property
    def interval(self) -> int:
        """Return the largest amount an item represents; 0 if all are examined.

        >>> Drawn([], []).interval
        0
        """
        return max((stratum.interval for stratum in self.strata), default=0)


def monetary_interval(total: int, size: int) -> int:
    """Return the sampling interval, rounded down so that no selection is lost.

    >>> monetary_interval(100_000_00, 93)
    107526
    >>> monetary_interval(5, 93)
    1
    """
    return max(1, total // size)


def draw_monetary_units(
    values: Sequence[int], interval: int, certain_from: int, chance: Chance
) -> Drawn:
    """Draw a monetary unit in each interval, from a start within the first interval.

    Each unit has the same chance. Items of at least an interval are always selected,
    and so are those of ``certain_from`` or more. All values are positive.

    >>> drawn = draw_monetary_units([30, 500, 20, 90, 60], 100, 500, Chance("2026"))
    >>> drawn.start
    81
    >>> [(hit.index, hit.unit) for hit in drawn.hits]
    [(1, 81), (3, 581), (4, 681)]
    >>> [(stratum.count, stratum.size) for stratum in drawn.strata]
    [(1, 1), (4, 2)]
    """
    cumulated = array("q", accumulate(values))
    start = 1 + chance.below(interval)
    first: dict[int, int] = {}
    for unit in range(start, cumulated[-1] + 1, interval):
        first.setdefault(bisect_left(cumulated, unit), unit)
    threshold = min(interval, certain_from)
    certain = [index for index, value in enumerate(values) if value >= threshold]
    chosen = set(certain)
    hits = [
        Hit(index, 0 if index in chosen else 1, first.get(index))
        for index in sorted(chosen.union(first))
    ]
    rest = array("q", (value for value in values if value < threshold))
    strata = [
        _stratum([values[index] for index in certain], len(certain)),
        _stratum(rest, len(hits) - len(certain), interval),
    ]
    return Drawn(hits, strata, start)


def draw_random(
    values: Sequence[int], parts: Sequence[tuple[Sequence[int], int]], chance: Chance
) -> Drawn:
    """Draw a number of positions of each part; all combinations are equally likely.

    >>> drawn = draw_random([5, 5, 5, 9], [([3], 1), ([0, 1, 2], 2)], Chance("2026"))
    >>> [(hit.index, hit.stratum) for hit in drawn.hits]
    [(0, 1), (1, 1), (3, 0)]
    >>> [stratum.is_certain for stratum in drawn.strata]
    [True, False]
    """
    hits, strata = [], []
    for place, (members, wanted) in enumerate(parts):
        size = min(wanted, len(members))
        chosen = chance.combination(size, len(members))
        hits += [Hit(members[index], place) for index in chosen]
        strata.append(_stratum([values[index] for index in members], size))
    return Drawn(sorted(hits, key=lambda hit: hit.index), strata)


def draw_systematic(
    values: Sequence[int], parts: Sequence[tuple[Sequence[int], int]], chance: Chance
) -> Drawn:
    """Select all of the first part, and positions of the last at equal intervals.

    Positions are spaced by count / size from a random start and rounded down: so
    exactly ``size`` items are drawn, and all are equally likely.

    >>> parts = [([], 0), (list(range(10)), 4)]
    >>> drawn = draw_systematic([5] * 10, parts, Chance("2026"))
    >>> drawn.start, [hit.index for hit in drawn.hits]
    (3, [0, 3, 5, 8])

    Items of the first part belong to the first stratum. The last part may be empty:

    >>> drawn = draw_systematic([90, 5], [([0], 1), ([1], 1)], Chance("2026"))
    >>> [(hit.index, hit.stratum) for hit in drawn.hits]
    [(0, 0), (1, 1)]
    >>> drawn = draw_systematic([90], [([0], 1), ([], 1)], Chance("2026"))
    >>> drawn.start, drawn.interval
    (0, 0)
    >>> drawn.strata[1]
    Stratum(count=0, size=0, low=0, high=0, total=0, interval=0)
    """
    (certain, _all), (members, wanted) = parts
    size, count = min(wanted, len(members)), len(members)
    start = chance.below(count) if count else 0
    places = [(start + step * count) // size for step in range(size)]
    hits = [Hit(index, 0) for index in certain]
    hits += [Hit(members[place], 1) for place in places]
    strata = [
        _stratum([values[index] for index in certain], len(certain)),
        _stratum([values[index] for index in members], size),
    ]
    return Drawn(sorted(hits, key=lambda hit: hit.index), strata, start)


def _stratum(own: Sequence[int], size: int, interval: int | None = None) -> Stratum:
    low, high = (min(own), max(own)) if own else (0, 0)
    if size >= len(own):
        interval = 0
    elif interval is None:
        interval = -(-len(own) * high // size)
    return Stratum(len(own), size, low, high, sum(own), interval)


def split(values: Sequence[int], threshold: int | None) -> tuple[list[int], list[int]]:
    """Return the positions of individually significant items, and of the others.

    >>> split([5, 90, 7], 50), split([5, 90, 7], None)
    (([1], [0, 2]), ([], [0, 1, 2]))
    """
    if threshold is None:
        return [], list(range(len(values)))
    certain = [index for index, value in enumerate(values) if value >= threshold]
    rest = [index for index, value in enumerate(values) if value < threshold]
    return certain, rest


def by_value(
    values: Sequence[int], members: Iterable[int], number: int
) -> list[list[int]]:
    """Divide positions into strata of about the same total, largest values first.

    Equal values stay together, so there may be fewer strata than requested.

    >>> by_value([50, 10, 20, 20, 50, 50], range(6), 3)
    [[0, 4, 5], [2, 3], [1]]
    >>> by_value([50, 10, 20, 20, 100], range(5), 2)
    [[4], [0, 1, 2, 3]]
    >>> by_value([79, 41, 40], range(3), 2), by_value([5, 0], range(2), 1)
    ([[0, 1], [2]], [[0, 1]])
    """
    strata: list[list[int]] = []
    falling = [-abs(value) for value in values]
    ranked = sorted(members, key=falling.__getitem__)
    total = sum(abs(values[index]) for index in ranked)
    reached, last = 0, None
    for index in ranked:
        value = abs(values[index])
        is_due = len(strata) < number and reached * number >= len(strata) * total
        if value != last and is_due:
            strata.append([])
        strata[-1].append(index)
        reached, last = reached + value, value
    return [sorted(stratum) for stratum in strata]


def shares(size: int, weights: Sequence[int]) -> list[int]:
    """Divide a size by weights, rounded up; every part gets at least one.

    >>> shares(10, [300, 100, 1])
    [8, 3, 1]
    >>> shares(10, [0, 0]), shares(10, [5, 0])
    ([1, 1], [10, 1])
    """
    total = sum(weights)
    return [max(1, -(-size * weight // (total or 1))) for weight in weights]

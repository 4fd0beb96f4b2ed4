"""Which items are drawn: by a seed, so that anybody draws the same ones again.

Values are whole numbers of the smallest coin, so that no machine rounds them in its own
way, and chance comes from SHA-256, which is the same everywhere and for ever.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate

BLOCK_BITS = 256


class Chance:
    """Numbers that follow from a seed and from nothing else.

    The n-th block is the SHA-256 digest of ``<seed>:<n>`` in UTF-8, n counted from 0,
    read as one number with the highest byte first. A number below a limit is the top
    bits of a block, as many as the limit needs; a block that is too big is passed over,
    so that each number is as likely as any other.

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
        """A number from 0 up to, and without, the limit."""
        bits = (limit - 1).bit_length()
        while (number := self._block() >> (BLOCK_BITS - bits)) >= limit:
            pass
        return number

    def _block(self) -> int:
        digest = sha256(f"{self._seed}:{self._next}".encode()).digest()
        self._next += 1
        return int.from_bytes(digest, "big")

    def some(self, size: int, number: int) -> list[int]:
        """So many different numbers below ``number``, in order.

        Each set of them is as likely as any other (Floyd's algorithm).

        >>> Chance("2026").some(3, 10)
        [3, 5, 6]
        >>> Chance("any").some(4, 4)
        [0, 1, 2, 3]
        """
        chosen: set[int] = set()
        for last in range(number - size, number):
            drawn = self.below(last + 1)
            chosen.add(last if drawn in chosen else drawn)
        return sorted(chosen)


@dataclass(frozen=True)
class Hit:
    """An item that is to be looked at.

    ``index`` is its place in the population, from 0. ``unit`` is the coin that was
    drawn, counted from 1 through all values; None where items are drawn. ``stratum``
    is the place of its stratum.
    """

    index: int
    stratum: int
    unit: int | None = None


@dataclass(frozen=True)
class Stratum:
    """Items that were drawn from together.

    ``size`` of ``count`` are looked at; where that is all of them, each speaks for
    itself alone. ``low`` and ``high`` are the least and the biggest value, ``total``
    is their sum. ``interval`` is what one that is looked at stands for at most: the
    coins from one drawn one to the next, or, where items are drawn, the items for each
    drawn one, were they all as big as the biggest.
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

    ``start`` is the first coin, counted from 1, or where every n-th item is taken the
    place of the start, counted from 0; None where nothing is counted off.
    """

    hits: list[Hit]
    strata: list[Stratum]
    start: int | None = None

    @property
    def interval(self) -> int:
        """What an item stands for at most; 0 where all are looked at."""
        return max((stratum.interval for stratum in self.strata), default=0)


def monetary_interval(total: int, size: int) -> int:
    """The coins from one drawn one to the next, rounded down: never a hit too few.

    >>> monetary_interval(100_000_00, 93)
    107526
    >>> monetary_interval(5, 93)
    1
    """
    return max(1, total // size)


def draw_units(
    values: Sequence[int], interval: int, certain_from: int, chance: Chance
) -> Drawn:
    """Draw every ``interval``-th coin from a start within the first interval.

    Each coin has the same chance. An item of an interval or more cannot be missed;
    those of ``certain_from`` or more are taken even where no coin of theirs was drawn.
    All values are above zero.

    >>> drawn = draw_units([30, 500, 20, 90, 60], 100, 500, Chance("2026"))
    >>> drawn.start
    81
    >>> [(hit.index, hit.unit) for hit in drawn.hits]
    [(1, 81), (3, 581), (4, 681)]
    >>> [(stratum.count, stratum.size) for stratum in drawn.strata]
    [(1, 1), (4, 2)]
    """
    cumulated = list(accumulate(values))
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
    rest = [value for value in values if value < threshold]
    strata = [
        _stratum([values[index] for index in certain], len(certain)),
        _stratum(rest, len(hits) - len(certain), interval),
    ]
    return Drawn(hits, strata, start)


def draw_places(
    values: Sequence[int], parts: Sequence[tuple[Sequence[int], int]], chance: Chance
) -> Drawn:
    """Draw so many of the places of each part; each set of them is as likely.

    >>> drawn = draw_places([5, 5, 5, 9], [([3], 1), ([0, 1, 2], 2)], Chance("2026"))
    >>> [(hit.index, hit.stratum) for hit in drawn.hits]
    [(0, 1), (1, 1), (3, 0)]
    >>> [stratum.is_certain for stratum in drawn.strata]
    [True, False]
    """
    hits, strata = [], []
    for place, (members, wanted) in enumerate(parts):
        size = min(wanted, len(members))
        chosen = chance.some(size, len(members))
        hits += [Hit(members[index], place) for index in chosen]
        strata.append(_stratum([values[index] for index in members], size))
    return Drawn(sorted(hits, key=lambda hit: hit.index), strata)


def draw_every(
    values: Sequence[int], parts: Sequence[tuple[Sequence[int], int]], chance: Chance
) -> Drawn:
    """Take all of the first part, and of the last part every n-th.

    Each place of the last part is as long as the size of the sample, and one in as many
    as there are places is hit: so exactly that many are drawn, and each is as likely.

    >>> drawn = draw_every([5] * 10, [([], 0), (list(range(10)), 4)], Chance("2026"))
    >>> drawn.start, [hit.index for hit in drawn.hits]
    (3, [0, 3, 5, 8])
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
    """The places of what is taken with certainty, and of the rest.

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
    """Divide places into strata of about the same total, the biggest values first.

    Equal values stay together, so there may be fewer strata than asked for.

    >>> by_value([50, 10, 20, 20, 50, 50], range(6), 3)
    [[0, 4, 5], [2, 3], [1]]
    >>> by_value([50, 10, 20, 20, 100], range(5), 2)
    [[4], [0, 1, 2, 3]]
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
    """Divide a size by weights; every part gets one at least, and none too few.

    >>> shares(10, [300, 100, 1])
    [8, 3, 1]
    >>> shares(10, [0, 0])
    [1, 1]
    """
    total = sum(weights)
    return [max(1, -(-size * weight // total) if total else 1) for weight in weights]

"""Open amounts that add up to a payment, and whether they are the only ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

# Among more amounts, many sums meet by chance and none of them says anything.
MOST = 15
ZERO = Decimal(0)


class Subsets:
    """Ways to add up some of a few amounts above zero to a total.

    >>> def ways(total, *amounts):
    ...     return Subsets(list(map(Decimal, amounts)), Decimal(total)).find()
    >>> ways(90, 60, 30, 55), ways(60, 60, 30, 55), ways(1, 60, 30)
    ([(0, 1)], [(0,)], [])

    Two are enough to know that there is more than one; among many amounts it is not
    known:

    >>> ways(60, 60, 30, 30), ways(60, *[20] * 15), ways(60, *[20] * 16)
    ([(0,), (1, 2)], [(0, 1, 2), (0, 1, 3)], None)
    """

    def __init__(self, amounts: Sequence[Decimal], total: Decimal) -> None:
        self.total = total
        self.amounts = sorted(
            ((each, index) for index, each in enumerate(amounts)),
            key=lambda pair: (-pair[0], pair[1]),
        )
        self.remaining = [ZERO] * (len(amounts) + 1)
        for place in range(len(amounts) - 1, -1, -1):
            self.remaining[place] = self.remaining[place + 1] + self.amounts[place][0]

    def find(self, most: int = 2) -> list[tuple[int, ...]] | None:
        """Return the places of amounts that add up, in up to so many ways."""
        if len(self.amounts) > MOST:
            return None
        found: list[tuple[int, ...]] = []
        for way in self._ways(0, self.total):
            found.append(tuple(sorted(way)))
            if len(found) == most:
                break
        return found

    def _ways(self, place: int, missing: Decimal) -> Iterator[list[int]]:
        if not missing:
            yield []
            return
        if place == len(self.amounts) or missing > self.remaining[place]:
            return
        amount, index = self.amounts[place]
        if amount <= missing:
            for way in self._ways(place + 1, missing - amount):
                yield [index, *way]
        yield from self._ways(place + 1, missing)

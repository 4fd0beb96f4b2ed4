"""From a plan and a population to a sample: how many, from which strata, which ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import sampling, sampling_draw
from .sampling_draw import Chance, Drawn


@dataclass(frozen=True)
class Plan:
    """What somebody wants to know, how surely, and how items are to be drawn.

    ``tolerable`` and ``expected`` are in the smallest coin and of amounts,
    ``tolerable_rate`` and ``deviations`` are of deviations. ``size`` is how many to
    draw, 0 to have it computed; what is taken with certainty comes on top, but for
    monetary units, where big items are hit anyway.
    """

    method: str
    purpose: str = "amount"
    risk: float = 0.05
    tolerable: int = 0
    expected: int = 0
    tolerable_rate: float = 0.0
    deviations: int = 0
    strata: int = 1
    size: int = 0

    @property
    def certain_from(self) -> int | None:
        """An item of the tolerable amount alone can hold too much: it is looked at."""
        return self.tolerable if self.purpose == "amount" else None

    def check(self) -> None:
        """Refuse a plan that no sample can fulfil, its size given or not.

        :raises RiskError: the risk is not above 0 and at most one half
        :raises TolerableError: nothing is tolerable
        :raises ExpectedError: as much is expected as is tolerable
        """
        if self.purpose == "amount":
            sampling.check_plan(self.tolerable, self.expected, self.risk)
            return
        expected = self.deviations / self.size if self.size else 0
        sampling.check_plan(self.tolerable_rate, expected, self.risk)

    def divide(self, values: Sequence[int]) -> tuple[list[int], list[list[int]]]:
        """The places of what is taken with certainty, and of each stratum.

        Coins are drawn from all at once.
        """
        if self.method == "mus":
            return [], []
        certain, rest = sampling_draw.split(values, self.certain_from)
        if self.method == "stratified":
            return certain, sampling_draw.by_value(values, rest, self.strata)
        return certain, [rest] if rest else []

    def needed(self, values: Sequence[int]) -> int:
        """How many are to be drawn; 0 where all is taken with certainty.

        Of ten invoices of 100 and one of 900, nothing wrong being expected, with 500
        tolerable in all: by monetary units, and by items, where the biggest is certain.

        >>> values = [100] * 10 + [900]
        >>> [Plan(method, tolerable=500).needed(values) for method in ("mus", "random")]
        [12, 6]

        As to deviations, never more than there are:

        >>> Plan("random", "attribute", tolerable_rate=0.05).needed(values)
        11

        :raises SizeError: what is expected is too close to what is tolerable
        """
        return self._size(values, self.divide(values)[1])

    def _size(self, values: Sequence[int], strata: list[list[int]]) -> int:
        if self.size:
            return self.size
        if self.purpose == "attribute":
            return min(
                len(values),
                sampling.attribute_size(
                    self.tolerable_rate, self.deviations, self.risk
                ),
            )
        if self.method == "mus":
            return self._monetary_size(sum(values))
        return self._monetary_size(sum(self._weights(values, strata)))

    def _monetary_size(self, book: int) -> int:
        if not book:
            return 0
        return sampling.monetary_size(
            Decimal(book), Decimal(self.tolerable), Decimal(self.expected), self.risk
        )

    def _weights(self, values: Sequence[int], strata: list[list[int]]) -> list[int]:
        """What a stratum counts for: its items, for amounts as big as its biggest."""
        if self.purpose == "attribute":
            return [len(stratum) for stratum in strata]
        return [
            len(stratum) * max(values[index] for index in stratum) for stratum in strata
        ]

    def draw(self, values: Sequence[int], seed: str) -> Drawn:
        """Draw the sample; for amounts all values are above zero.

        >>> values = [100] * 10 + [900]
        >>> drawn = Plan("stratified", tolerable=500, strata=2).draw(values, "2026")
        >>> [hit.index for hit in drawn.hits], drawn.interval
        ([1, 2, 3, 6, 8, 9, 10], 167)

        :raises SizeError: what is expected is too close to what is tolerable
        """
        certain, strata = self.divide(values)
        size, chance = self._size(values, strata), Chance(seed)
        if self.method == "mus":
            interval = sampling_draw.monetary_interval(sum(values), size)
            return sampling_draw.draw_units(values, interval, self.tolerable, chance)
        if self.method == "systematic":
            rest = strata[0] if strata else []
            parts = [(certain, len(certain)), (rest, size)]
            return sampling_draw.draw_every(values, parts, chance)
        sizes = sampling_draw.shares(size, self._weights(values, strata))
        parts = [(certain, len(certain)), *zip(strata, sizes, strict=True)]
        return sampling_draw.draw_places(values, parts, chance)

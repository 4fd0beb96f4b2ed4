"""From plan and population to sample: sample size, strata and items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import sampling, sampling_draw
from .sampling_draw import Chance, Drawn


@dataclass(frozen=True)
class Plan:
    """Objective, risk and method of a sample.

    ``tolerable`` and ``expected`` are in minor units, for substantive tests;
    ``tolerable_rate`` and ``deviations`` are for tests of controls. ``size`` is the
    requested sample size, 0 to compute it. Individually significant items are in
    addition to it, except in monetary unit sampling, where they are selected anyway.
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
        """Return the value from which items are individually significant."""
        return self.tolerable if self.purpose == "amount" else None

    def check(self) -> None:
        """Check that a sample can meet the plan, whether or not a size is requested.

        A plan for amounts needs no tolerable rate:

        >>> Plan("random", tolerable=500, expected=100).check()

        :raises RiskError: the risk is not above 0 and at most one half
        :raises TolerableError: the tolerable amount or rate is zero
        :raises ExpectedError: the expected amount or rate is not below the tolerable
        """
        if self.purpose == "amount":
            sampling.check_plan(self.tolerable, self.expected, self.risk)
            return
        expected = self.deviations / self.size if self.size else 0
        sampling.check_plan(self.tolerable_rate, expected, self.risk)

    def divide(self, values: Sequence[int]) -> tuple[list[int], list[list[int]]]:
        """Return positions of individually significant items, and of each stratum.

        Monetary units are drawn from all items at once.
        """
        if self.method == "mus":
            return [], []
        certain, rest = sampling_draw.split(values, self.certain_from)
        if self.method == "stratified":
            return certain, sampling_draw.by_value(values, rest, self.strata)
        return certain, [rest] if rest else []

    def needed(self, values: Sequence[int]) -> int:
        """Return the sample size; 0 if all items are individually significant.

        For ten invoices of 100 and one of 900, no expected misstatement and a tolerable
        one of 500: in monetary units, and in items, where the largest is significant.

        >>> values = [100] * 10 + [900]
        >>> [Plan(method, tolerable=500).needed(values) for method in ("mus", "random")]
        [12, 6]

        For deviations, it is at most the size of the population:

        >>> Plan("random", "attribute", tolerable_rate=0.05).needed(values)
        11

        :raises SizeError: expected and tolerable misstatement are too close
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
        """Return the weight of each stratum: items, for amounts times the largest."""
        if self.purpose == "attribute":
            return [len(stratum) for stratum in strata]
        return [
            len(stratum) * max(values[index] for index in stratum) for stratum in strata
        ]

    def draw(self, values: Sequence[int], seed: str) -> Drawn:
        """Draw the sample; for amounts, all values are positive.

        >>> values = [100] * 10 + [900]
        >>> drawn = Plan("stratified", tolerable=500, strata=2).draw(values, "2026")
        >>> [hit.index for hit in drawn.hits], drawn.interval
        ([1, 2, 3, 6, 8, 9, 10], 167)
        >>> drawn = Plan("systematic", tolerable=500).draw(values, "2026")
        >>> [hit.index for hit in drawn.hits]
        [0, 2, 3, 5, 7, 8, 10]

        :raises SizeError: expected and tolerable misstatement are too close
        """
        certain, strata = self.divide(values)
        size, chance = self._size(values, strata), Chance(seed)
        if self.method == "mus":
            interval = sampling_draw.monetary_interval(sum(values), size)
            return sampling_draw.draw_monetary_units(
                values, interval, self.tolerable, chance
            )
        if self.method == "systematic":
            rest = strata[0] if strata else []
            parts = [(certain, len(certain)), (rest, size)]
            return sampling_draw.draw_systematic(values, parts, chance)
        sizes = sampling_draw.shares(size, self._weights(values, strata))
        parts = [(certain, len(certain)), *zip(strata, sizes, strict=True)]
        return sampling_draw.draw_random(values, parts, chance)

"""The population of a sample as it was when it was drawn, kept to be compared.

It is kept as text: a line for each record in the order of their numbers, with what the
books said. Its SHA-256 is the fingerprint, which anybody can compute again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

HEAD = "id,amount"


@dataclass(frozen=True)
class Population:
    """Records by number, and their amounts as the database writes them.

    All amounts have the decimal places of one currency; they are empty where records
    have none.

    >>> Population([7, 8, 9], ["12.50", "-0.05", ""]).coins
    [1250, -5, 0]
    """

    ids: list[int]
    amounts: list[str]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str | None]]) -> Population:
        """A population of records and amounts, which come in the order of the records.

        >>> Population.of([(7, "12.50"), (9, None)]).text
        'id,amount\\n7,12.50\\n9,\\n'
        """
        ids, amounts = [], []
        for number, amount in rows:
            ids.append(number)
            amounts.append(amount or "")
        return cls(ids, amounts)

    @classmethod
    def parse(cls, text: str) -> Population:
        """The population that a text was written of.

        >>> kept = Population([7, 9], ["12.50", "-3.00"])
        >>> Population.parse(kept.text) == kept
        True
        """
        rows = [line.split(",") for line in text.splitlines()[1:]]
        return cls([int(row[0]) for row in rows], [row[1] for row in rows])

    @cached_property
    def text(self) -> str:
        """What is kept of it, and what the fingerprint is of."""
        pairs = zip(self.ids, self.amounts, strict=True)
        lines = [f"{number},{amount}" for number, amount in pairs]
        return "\n".join([HEAD, *lines, ""])

    def fingerprint(self) -> str:
        """The SHA-256 of the text in UTF-8.

        >>> Population([], []).fingerprint()[:16]
        '0cfb8bf36572c5ac'
        """
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def coins(self) -> list[int]:
        """The amounts as whole numbers of the smallest coin, 0 where there is none."""
        return [
            int(amount.replace(".", "")) if amount else 0 for amount in self.amounts
        ]


@dataclass(frozen=True)
class Changes:
    """Which records came, went or have another amount, in the order of their numbers.

    Amounts are what was written before, and what is written now.
    """

    added: list[tuple[int, str]]
    gone: list[tuple[int, str]]
    changed: list[tuple[int, str, str]]

    def __len__(self) -> int:
        return len(self.added) + len(self.gone) + len(self.changed)


def changes(before: Population, now: Population) -> Changes:
    """What has happened to a population.

    >>> found = changes(
    ...     Population([1, 2, 3], ["5.00", "6.00", "7.00"]),
    ...     Population([2, 3, 4], ["6.00", "7.50", "8.00"]))
    >>> found.added, found.gone, found.changed
    ([(4, '8.00')], [(1, '5.00')], [(3, '7.00', '7.50')])
    >>> len(found), len(changes(Population([1], ["5.00"]), Population([1], ["5.00"])))
    (3, 0)
    """
    old = dict(zip(before.ids, before.amounts, strict=True))
    new = dict(zip(now.ids, now.amounts, strict=True))
    return Changes(
        [(number, amount) for number, amount in new.items() if number not in old],
        [(number, amount) for number, amount in old.items() if number not in new],
        [
            (number, old[number], amount)
            for number, amount in new.items()
            if old.get(number, amount) != amount
        ],
    )

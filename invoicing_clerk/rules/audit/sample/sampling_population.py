"""The population of a sample as drawn, stored for comparison.

It is stored as text: a line per record in the order of ids, with the book amount. The
SHA-256 of the text is the fingerprint, which can be recomputed independently.

A population may have millions of records: numbers are kept in arrays, rows and lines
are read and written one by one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import StringIO

HEAD = "id,amount"


@dataclass(frozen=True)
class Population:
    """Ids of records, and their amounts as text from the database.

    All amounts have the decimal places of one currency; they are empty for
    records without an amount.

    >>> list(Population([7, 8, 9], ["12.50", "-0.05", ""]).minor_units)
    [1250, -5, 0]
    """

    ids: Sequence[int]
    amounts: list[str]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, str | None]]) -> Population:
        """Return the population of rows of id and amount, in the order of ids.

        >>> Population.of([(7, "12.50"), (9, None)]).text
        'id,amount\\n7,12.50\\n9,\\n'
        """
        ids, amounts = array("q"), []
        for number, amount in rows:
            ids.append(number)
            amounts.append(amount or "")
        return cls(ids, amounts)

    @classmethod
    def parse(cls, text: str) -> Population:
        """Return the population that was stored as this text.

        >>> stored = Population.of([(7, "12.50"), (9, "-3.00")])
        >>> Population.parse(stored.text) == stored
        True
        """
        lines = iter(StringIO(text))
        next(lines)
        rows = (line.rstrip("\n").split(",") for line in lines)
        return cls.of((int(number), amount) for number, amount in rows)

    @cached_property
    def text(self) -> str:
        """Return the text that is stored, and hashed for the fingerprint."""
        text = StringIO()
        text.write(f"{HEAD}\n")
        pairs = zip(self.ids, self.amounts, strict=True)
        text.writelines(f"{number},{amount}\n" for number, amount in pairs)
        return text.getvalue()

    def fingerprint(self) -> str:
        """Return the SHA-256 of the text in UTF-8.

        >>> Population([], []).fingerprint()[:16]
        '0cfb8bf36572c5ac'
        """
        return sha256(self.text.encode()).hexdigest()

    @cached_property
    def minor_units(self) -> Sequence[int]:
        """Return the amounts in minor units of the currency; 0 for no amount."""
        return array(
            "q",
            (int(amount.replace(".", "")) if amount else 0 for amount in self.amounts),
        )


@dataclass(frozen=True)
class Changes:
    """Records added, removed or changed in amount, in the order of ids.

    Amounts are those when drawn, and current ones.
    """

    added: list[tuple[int, str]]
    gone: list[tuple[int, str]]
    changed: list[tuple[int, str, str]]

    def __len__(self) -> int:
        return len(self.added) + len(self.gone) + len(self.changed)


def changes(before: Population, now: Population) -> Changes:
    """Return the changes of a population.

    >>> found = changes(
    ...     Population([1, 2, 3], ["5.00", "6.00", "7.00"]),
    ...     Population([2, 3, 4], ["6.00", "7.50", "8.00"]))
    >>> found.added, found.gone, found.changed
    ([(4, '8.00')], [(1, '5.00')], [(3, '7.00', '7.50')])
    >>> len(found), len(changes(Population([1], ["5.00"]), Population([1], ["5.00"])))
    (3, 0)
    """
    old = dict(zip(before.ids, before.amounts, strict=True))
    added, changed = [], []
    for number, amount in zip(now.ids, now.amounts, strict=True):
        earlier = old.pop(number, None)
        if earlier is None:
            added.append((number, amount))
        elif earlier != amount:
            changed.append((number, earlier, amount))
    return Changes(added, list(old.items()), changed)

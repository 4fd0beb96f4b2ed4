"""Match the lines of a note to the lines of the document that it amends.

Odoo does not store which line of an invoice a credit note made by hand amends. Of lines
with the same product, price and taxes, the one counts that agrees in most of the other
traits; where two lines agree equally well and are not alike, a person decides.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import NamedTuple


class Traits(NamedTuple):
    """Traits that tell apart lines of equal product, price and taxes."""

    account: Hashable
    analytic: Hashable
    text: str
    quantity: float
    order: Hashable = None


class Row(NamedTuple):
    """A line of a note, or a line of the document with what is still billed on it.

    ``copied`` is what a copy never changes: product, price, discount and taxes.
    """

    copied: Hashable
    traits: Traits
    quantity: float


class Match(NamedTuple):
    """Lines of the document by line of the note.

    ``unclear`` has the lines between which a person decides, and ``unknown`` the lines
    of the note that amend no line of the document.
    """

    found: dict[Hashable, Hashable]
    unclear: dict[Hashable, list[Hashable]]
    unknown: list[Hashable]


def match_lines(
    note: Mapping[Hashable, Row], document: Mapping[Hashable, Row]
) -> Match:
    """Match each line of a note to the line of the document that it amends.

    Lines that can be told apart are matched first, so that the others have fewer to
    choose from. A line of the document is used once in each note.

    >>> def row(text, quantity, account="sales"):
    ...     return Row("desk", Traits(account, None, text, quantity), quantity)
    >>> document = {1: row("Desk", 10), 2: row("Desk", 5), 3: row("Desk", 5, "rent")}
    >>> match_lines({"a": row("Desk", 5)}, document).found
    {'a': 2}
    >>> match_lines({"a": row("Desk", 3, "rent")}, document).found
    {'a': 3}

    Only one line still bills as much:

    >>> match_lines({"a": row("Desk", 7)}, document).found
    {'a': 1}

    The first of lines that are alike in everything:

    >>> match_lines({"a": row("Desk", 1)}, {1: row("Desk", 2), 2: row("Desk", 2)}).found
    {'a': 1}

    The amount could be on either line, until the other line of the note is matched:

    >>> match_lines({"a": row("Desk", 3)}, document).unclear
    {'a': [1, 2]}
    >>> match_lines({"a": row("Desk", 3), "b": row("Desk", 5)}, document).found
    {'b': 2, 'a': 1}
    >>> match_lines({"a": row("Lamp", 1)._replace(copied="lamp")}, document).unknown
    ['a']
    """
    found: dict[Hashable, Hashable] = {}
    waiting = dict(note)
    while waiting:
        free = {key: row for key, row in document.items() if key not in found.values()}
        options = {key: _best(row, free) for key, row in waiting.items()}
        clear = {
            key: lines
            for key, lines in options.items()
            if lines and len({free[line].traits for line in lines}) == 1
        }
        if not clear:
            return Match(
                found,
                {key: lines for key, lines in options.items() if lines},
                [key for key, lines in options.items() if not lines],
            )
        key = max(clear, key=lambda key: _agreement(waiting[key], free[clear[key][0]]))
        found[key] = clear[key][0]
        del waiting[key]
    return Match(found, {}, [])


def _best(row: Row, lines: Mapping[Hashable, Row]) -> list[Hashable]:
    """Return the lines that a line of a note fits best."""
    fits = [key for key, line in lines.items() if line.copied == row.copied]
    with_room = [key for key in fits if lines[key].quantity >= row.quantity]
    scores = {key: _agreement(row, lines[key]) for key in with_room or fits}
    return [key for key, score in scores.items() if score == max(scores.values())]


def _agreement(row: Row, line: Row) -> int:
    return sum(
        ours == theirs for ours, theirs in zip(row.traits, line.traits, strict=True)
    )

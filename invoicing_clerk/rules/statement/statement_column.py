"""Columns of a statement, as every form in which customers get it shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

PLACES = ("pdf", "xlsx", "portal")


@dataclass(frozen=True)
class Column:
    """A column of the open items or the movements of a statement.

    :param key: its name, by which other modules find it
    :param label: its heading, in the language of the reader
    :param kind: how a value is shown; amounts are in the currency of the line
    :param value: the value of a line; nothing is shown for None
    :param places: where it is shown
    """

    key: str
    label: str
    kind: Literal["text", "date", "number", "amount"]
    value: Callable[[Any], Any]
    places: tuple[str, ...] = PLACES

    @property
    def is_figure(self) -> bool:
        """Return whether its values are aligned to the right.

        >>> Column("name", "Document", "text", str).is_figure
        False
        >>> Column("amount", "Amount", "amount", float).is_figure
        True
        """
        return self.kind in ("number", "amount")


def shown_in(columns: Sequence[Column], place: str) -> list[Column]:
    """Return the columns of a place, in their order.

    >>> columns = [
    ...     Column("name", "Document", "text", str),
    ...     Column("note", "Note", "text", str, ("xlsx",)),
    ... ]
    >>> [column.key for column in shown_in(columns, "pdf")]
    ['name']
    """
    return [column for column in columns if place in column.places]


def position(columns: Sequence[Column], key: str) -> int:
    """Return how many columns stand before one, as totals are shown under it.

    >>> columns = [Column(key, key, "text", str) for key in ("date", "name", "amount")]
    >>> position(columns, "amount")
    2

    :raises ValueError: there is no such column
    """
    return [column.key for column in columns].index(key)

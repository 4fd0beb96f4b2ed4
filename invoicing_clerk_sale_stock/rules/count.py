"""Counts of goods: their states, entered quantities, and what they say about billing.

The SQL of the checks says the same: the test suite compares both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

STATES = [
    ("draft", "Draft"),
    ("counting", "Counting"),
    ("entered", "Entered"),
    ("reviewed", "Reviewed"),
    ("cancelled", "Cancelled"),
]
# More rows are no list that somebody walks along the shelves with.
MAX_LINES = 2000
# Columns of the spreadsheet, as they are imported.
COLUMNS = ("number", "product", "counted")


class QuantityError(ValueError):
    """A number is no counted quantity; ``code`` says why.

    ``negative`` it is below zero, ``places`` it has more decimal places than quantities
    have, ``single`` it is more than one of a serial number.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def check_quantity(counted: Decimal, places: int = 2, is_single: bool = False) -> None:
    """Check what somebody entered as counted.

    :raises QuantityError: nobody can have counted it

    >>> check_quantity(Decimal("12.25")), check_quantity(Decimal("3.00"), 0)
    (None, None)
    >>> check_quantity(Decimal(0)), check_quantity(Decimal(1), is_single=True)
    (None, None)
    >>> def refuse(number, **values):
    ...     try:
    ...         check_quantity(Decimal(number), **values)
    ...     except QuantityError as error:
    ...         print(error)
    >>> refuse("-1"); refuse("0.125"); refuse("2", is_single=True)
    negative
    places
    single
    """
    if counted < 0:
        raise QuantityError("negative")
    if counted != round(counted, places):
        raise QuantityError("places")
    if is_single and counted > 1:
        raise QuantityError("single")


class Goods(NamedTuple):
    """The counted quantity of a product, and the quantities of its order lines.

    :param counted: quantity found on the shelves
    :param difference: counted less the quantity on hand; negative if missing
    :param ahead: of orders placed by the count, billed or in a draft by then and not
        delivered, or delivered afterwards
    """

    counted: Decimal
    difference: Decimal
    ahead: Decimal = Decimal(0)


def gone_unbilled(goods: Goods) -> Decimal:
    """Return the missing quantity that no order explains.

    Goods that were billed or that a later delivery names may have left:

    >>> def gone(*values):
    ...     return str(gone_unbilled(Goods(*map(Decimal, values))))
    >>> gone(6, -4), gone(6, -4, 3), gone(6, -4, 5), gone(6, 2, 0)
    ('4', '1', '0', '0')
    """
    return max(-goods.difference - goods.ahead, Decimal(0))


def shared(claimed: Iterable[Decimal], found: Decimal) -> Iterable[Decimal]:
    """Yield how much of each order line is still there: each good is there once.

    The latest order lines and deliveries are the most likely never to have left.

    :param claimed: billed and not delivered quantities, or delivered and billed ones,
        the latest first
    :param found: counted in all, or counted beyond the quantity on hand

    >>> [str(each) for each in shared(map(Decimal, (2, 5, 9)), Decimal(4))]
    ['2', '2', '0']
    >>> [str(each) for each in shared([Decimal(2)], Decimal(-1))]
    ['0']
    """
    remaining = max(found, Decimal(0))
    for each in claimed:
        part = min(each, remaining)
        remaining -= part
        yield part


class HeaderError(ValueError):
    """A spreadsheet lacks a column; ``column`` names it."""

    def __init__(self, column: str) -> None:
        self.column = column
        super().__init__(column)


def places_of(titles: Sequence[str], names: Mapping[str, str]) -> dict[str, int]:
    """Return where the columns are by name, of those that a sheet has.

    :param titles: the first row of the sheet
    :param names: columns by what people may call them, in lower case
    :raises HeaderError: the number or the counted quantity is missing

    >>> names = {"no.": "number", "product": "product", "counted": "counted"}
    >>> places_of(["No.", "Product", "Lot", " Counted "], names)
    {'number': 0, 'product': 1, 'counted': 3}
    >>> try:
    ...     places_of(["No.", "Product"], names)
    ... except HeaderError as error:
    ...     print(error)
    counted
    """
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        if name := names.get(title.strip().casefold()):
            found.setdefault(name, place)
    for column in ("number", "counted"):
        if column not in found:
            raise HeaderError(column)
    return found

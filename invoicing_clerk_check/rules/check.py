"""Numbers of checks, and the states of a number in the register."""

from __future__ import annotations

from collections.abc import Sequence

STATES = [
    ("printed", "Printed"),
    ("spoiled", "Spoiled"),
    ("void", "Void"),
]
# The next number is kept in a column of 32 bits.
MAX_NUMBER = 2**31 - 2
# A box of stock.
MAX_BLANK = 500


def number_of(text: str | None) -> int | None:
    """Return the number that a text stands for, or None if it is none.

    >>> number_of("00042"), number_of(" 7 "), number_of("12a"), number_of("٣")
    (42, 7, None, None)
    >>> number_of(""), number_of(None), number_of("-3"), number_of("0")
    (None, None, None, None)
    """
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    return int(digits) or None


def numbers_from(first: str, sheets: Sequence[int]) -> list[list[str]]:
    """Return the numbers of each check, one for every sheet that it is printed on.

    :param first: the number of the first sheet, with the zeros that it begins with
    :param sheets: the number of sheets of each check

    >>> numbers_from("0099", [1, 2, 1])
    [['0099'], ['0100', '0101'], ['0102']]
    >>> numbers_from("7", [])
    []
    """
    width, number = len(first.strip()), int(first)
    result = []
    for count in sheets:
        result.append([f"{number + sheet:0{width}d}" for sheet in range(count)])
        number += count
    return result

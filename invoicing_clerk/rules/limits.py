"""Limits of what people send, and the one function that checks them.

Texts count in characters, files in bytes. The script in evidence packs, which runs
without the addon, has its own.
"""

from collections.abc import Sized
from typing import NamedTuple

MEGABYTE = 1 << 20
# Base64 needs four characters for three bytes.
ENCODED = (4, 3)


class Limit(NamedTuple):
    """The largest number of a unit: characters, bytes, pixels, rows …"""

    maximum: int
    unit: str


LIMITS = {
    # Values that are written to a field
    "char": Limit(10_000, "character"),
    "text": Limit(100_000, "character"),
    "html": Limit(1_000_000, "character"),
    "file": Limit(20 * MEGABYTE, "byte"),
    # What customers enter on a page
    "person": Limit(200, "character"),
    "comment": Limit(2_000, "character"),
    "document_number": Limit(64, "character"),
    "amount": Limit(40, "character"),
    "reason": Limit(200, "character"),
    "report_lines": Limit(100, "row"),
    "file_name": Limit(255, "character"),
    "document": Limit(10 * MEGABYTE, "byte"),
    # What the recipient of a document request sends
    "request_files": Limit(30, "file"),
    "request_messages": Limit(20, "message"),
    "signature": Limit(MEGABYTE, "byte"),
    "signature_side": Limit(4_096, "pixel"),
    # Bodies of requests: without a file, with a signature, a document, or a pack
    "request": Limit(256 * 1024, "byte"),
    "request_signature": Limit(2 * MEGABYTE, "byte"),
    "request_document": Limit(11 * MEGABYTE, "byte"),
    "request_pack": Limit(64 * 1024 * MEGABYTE, "byte"),
    # Spreadsheets
    "sheet": Limit(10 * MEGABYTE, "byte"),
    "sheet_unpacked": Limit(64 * MEGABYTE, "byte"),
    "sheet_files": Limit(1_000, "file"),
    "sheet_rows": Limit(20_000, "row"),
    "sheet_columns": Limit(256, "column"),
    "sheet_strings": Limit(200_000, "text"),
    "sheet_cells": Limit(500_000, "cell"),
    "sheet_elements": Limit(3_000_000, "element"),
    # Styles, names and the like
    "sheet_others": Limit(250_000, "element"),
    "sheet_read": Limit(192 * MEGABYTE, "byte"),
}


class LimitError(ValueError):
    """Something is larger than its limit."""

    def __init__(self, name: str, found: int) -> None:
        self.name = name
        self.limit = LIMITS[name]
        self.found = found
        super().__init__(f"{name}: {found} > {self.limit.maximum}")


def maximum(name: str) -> int:
    """Return a limit as a number.

    >>> maximum("comment")
    2000
    """
    return LIMITS[name].maximum


def check(name: str, value: Sized | int) -> None:
    """Check a number, or the length of a value.

    :raises LimitError: it is larger than the limit

    >>> check("comment", "Paid."), check("sheet_rows", 20_000)
    (None, None)
    >>> try:
    ...     check("sheet_columns", 257)
    ... except LimitError as error:
    ...     print(error)
    sheet_columns: 257 > 256
    """
    found = value if isinstance(value, int) else len(value)
    if found > maximum(name):
        raise LimitError(name, found)


def decoded_size(text: Sized) -> int:
    """Return the largest number of bytes that a Base64 text may hold.

    >>> decoded_size("YWJj"), decoded_size("")
    (3, 0)
    """
    characters, size = ENCODED
    return len(text) * size // characters


def is_storable(text: str) -> bool:
    """Return whether the database can store a text: no null, no half of a character.

    >>> is_storable("größer"), is_storable("a\\x00"), is_storable("\\ud800")
    (True, False, False)
    """
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def storable(value: object) -> str:
    """Return a text without what the database cannot store.

    >>> storable("größer"), storable("a\\x00b"), storable("\\ud800"), storable(None)
    ('größer', 'ab', '?', '')
    >>> storable(False), storable(0)
    ('', '0')
    """
    text = "" if value is None or value is False else str(value)
    return text.replace("\0", "").encode("utf-8", "replace").decode()

"""Read the rows of a spreadsheet, or of a text with separators, as texts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import openpyxl  # type: ignore[import-untyped]

from .limits import LimitError, check
from .xlsx import UNREADABLE, check_workbook

WORKBOOK = b"PK"
SEPARATORS = ";\t,|"
# Characters that no text has, but other kinds of files.
BINARY = re.compile(r"[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}


class SheetError(ValueError):
    """A file cannot be read; ``code`` says why.

    ``workbook`` it is a damaged spreadsheet, ``binary`` neither a spreadsheet nor text,
    ``encoding`` not text in the encoding that it states, ``quotes`` a quotation mark is
    not closed, ``cut_off`` it ends inside a character.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def rows_of(content: bytes) -> list[list[str]]:
    """Return the rows of a file as texts, without blanks around them.

    :raises SheetError: it cannot be read
    :raises LimitError: something in it is too large
    """
    check("sheet", content)
    rows = workbook_rows(content) if content.startswith(WORKBOOK) else _rows(content)
    return [[cell.strip() for cell in row] for row in rows]


def workbook_rows(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet of a workbook.

    :raises SheetError: it cannot be read
    :raises LimitError: something in it is too large
    """
    try:
        check_workbook(content)
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        # Cells may say that the sheet is far larger than it is.
        book.worksheets[0].reset_dimensions()
        rows = [
            [_cell(value) for value in row]
            for row in book.worksheets[0].iter_rows(values_only=True)
        ]
    except LimitError:
        raise
    except UNREADABLE as error:
        raise SheetError("workbook") from error
    # Rows end with their last cell that has content.
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _cell(value: object) -> str:
    """Return a cell as text; numbers without what floats add to them.

    >>> _cell(None), _cell(90), _cell(0.1 + 0.2), _cell(1234.5), _cell("a")
    ('', '90', '0.30', '1234.50', 'a')

    Three decimals get a fourth, so that nobody takes them for thousands:

    >>> _cell(1.234)
    '1.2340'
    """
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    cents, more = f"{value:.2f}", f"{value:.4f}"
    return cents if float(cents) == float(more) else more


def _rows(content: bytes) -> list[list[str]]:
    text = text_of(content)
    head = text[:4096]
    separator = max(SEPARATORS, key=head.count)
    lines = io.StringIO(text, newline=None)
    try:
        rows = list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        raise SheetError("quotes") from error
    check("sheet_rows", rows)
    return rows


def text_of(content: bytes) -> str:
    """Return a text in the encoding in which it was written.

    >>> for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be",
    ...     "cp1252", "latin-1"):
    ...     assert text_of("Müller;5\\n".encode(encoding)) == "Müller;5\\n"

    :raises SheetError: it is not text

    >>> def refuse(content):
    ...     try:
    ...         text_of(content)
    ...     except SheetError as error:
    ...         print(error)
    >>> refuse(b"a\\0\\1")
    binary
    >>> refuse(b"\\xef\\xbb\\xbfM\\xfcller")
    encoding
    >>> refuse("Müller, Köln".encode()[:11])
    cut_off
    """
    for mark, encoding in BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return _decoded(content.removeprefix(mark), encoding)
    for encoding, zeros in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if len(zeros) > 1 and zeros.count(0) * 2 > len(zeros):
            return _decoded(content, encoding)
    try:
        return _text(content.decode())
    except UnicodeDecodeError as error:
        before = content[: error.start]
        if error.end == len(content) and not before.isascii():
            raise SheetError("cut_off") from error
        return _decoded(content, "cp1252")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return _text(content.decode(encoding))
    except UnicodeDecodeError as error:
        is_stated = encoding != "cp1252"
        raise SheetError("encoding" if is_stated else "binary") from error


def _text(text: str) -> str:
    if BINARY.search(text):
        raise SheetError("binary")
    return text


def is_filled(row: Sequence[str]) -> bool:
    """Return whether a row has any content.

    >>> is_filled(["", " "]), is_filled(["", "5"])
    (False, True)
    """
    return any(cell.strip() for cell in row)

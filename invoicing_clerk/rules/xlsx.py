"""Check a spreadsheet before a library reads it.

A file of a few kilobytes can unpack to gigabytes, have a cell in the last column of the
last row, entities that multiply, millions of styles, or a large sheet under a thousand
names. The directory of the ZIP is checked first; then
each part is unpacked in pieces and counted.
"""

import io
import zipfile
import zlib
from collections.abc import Callable, Mapping
from xml.parsers import expat

from .limits import check

CHUNK = 1 << 16
ENCRYPTED = 0x1
# Elements in which a sheet has its rows and texts; all others describe it.
CONTENT = frozenset({"row", "si"})
# Raised for files that are damaged or not spreadsheets.
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, ArithmeticError),
    *(RuntimeError, AssertionError),
)


class DamagedError(ValueError):
    """The file is damaged, or has something that no spreadsheet has."""


def check_workbook(content: bytes) -> None:
    """Check the sizes of a workbook.

    :raises LimitError: something in it is too large
    :raises Exception: one of ``UNREADABLE``
    """
    check("sheet", content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        check("sheet_files", parts)
        if len({part.filename.lower() for part in parts}) < len(parts):
            raise DamagedError("a part is there twice")
        if any(part.flag_bits & ENCRYPTED for part in parts):
            raise DamagedError("encrypted")
        check("sheet_unpacked", sum(part.file_size for part in parts))
        counts = _Counts()
        for part in parts:
            _check_part(archive, part, counts)
    # Each name of a sheet is opened, even if all are the same file.
    check("sheet_read", counts.sheets * counts.largest)


class _Counts:
    """Sizes found so far, in all parts."""

    def __init__(self) -> None:
        self.unpacked = self.strings = self.cells = 0
        self.elements = self.others = self.sheets = self.largest = 0


def _check_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, counts: _Counts
) -> None:
    before = counts.unpacked
    feed = None
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            if counts.unpacked == before and _is_xml(part.filename, chunk):
                feed = _part_reader(counts)
            counts.unpacked += len(chunk)
            check("sheet_unpacked", counts.unpacked)
            if feed:
                feed(chunk, False)
    if feed:
        feed(b"", True)
        counts.largest = max(counts.largest, counts.unpacked - before)
    elif _is_xml(part.filename, b""):
        raise DamagedError("an empty part")


def _is_xml(name: str, begin: bytes) -> bool:
    """Return whether a part is XML, by its name or by how it begins: libraries find
    parts by the table of contents, whatever their names are.

    >>> _is_xml("xl/styles.xml", b""), _is_xml("a.bin", b"\\xff\\xfe<\\0")
    (True, True)
    >>> _is_xml("xl/media/a", b"PNG")
    False
    """
    is_named = name.lower().endswith((".xml", ".rels", ".vml"))
    return is_named or begin.lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n")[:1] == b"<"


def _part_reader(counts: _Counts) -> Callable[[bytes, bool], object]:
    """Return a function that reads a part of XML piece by piece."""
    parser = expat.ParserCreate(namespace_separator=" ")
    rows = inside = 0

    def refuse(*_declaration: object) -> None:
        raise DamagedError("it declares a document type")

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal rows, inside
        kind = name.rpartition(" ")[2]
        counts.elements += 1 + len(attributes)
        check("sheet_elements", counts.elements)
        if not inside:
            counts.others += 1
            check("sheet_others", counts.others)
        inside += kind in CONTENT
        if kind == "row":
            rows += 1
            check("sheet_rows", max(rows, _row(attributes.get("r", ""))))
        elif kind == "c":
            counts.cells += 1
            check("sheet_cells", counts.cells)
            reference = attributes.get("r", "")
            check("sheet_columns", column(reference))
            check("sheet_rows", _row(reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
        elif kind == "si":
            counts.strings += 1
            check("sheet_strings", counts.strings)
        counts.sheets += kind == "sheet"

    def end(name: str) -> None:
        nonlocal inside
        inside -= name.rpartition(" ")[2] in CONTENT

    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    return parser.Parse


def _row(digits: str) -> int:
    """Return the number of a row, of which nine digits count; 0 without one.

    >>> _row("1048576"), _row(12 * "1"), _row(""), _row("1.5"), _row("²")
    (1048576, 111111111, 0, 0, 0)
    """
    return int(digits[:9]) if digits.isascii() and digits.isdigit() else 0


def column(reference: str) -> int:
    """Return the number of the column of a cell; 0 without one.

    >>> column("A1"), column("Z9"), column("AA1"), column("XFD1048576"), column("")
    (1, 26, 27, 16384, 0)
    >>> column("A1B"), column("A" * 999) == column("A" * 8), column("A" * 8)
    (1, True, 8353082583)
    """
    number = 0
    for letter in reference.upper()[:8]:
        if not "A" <= letter <= "Z":
            break
        number = number * 26 + ord(letter) - ord("A") + 1
    return number

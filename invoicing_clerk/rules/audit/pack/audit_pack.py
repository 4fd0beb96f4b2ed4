"""Evidence packs: states, file names, tables and the manifest.

Manifest, root hash and ZIP structure are defined in `audit_pack_verify`, which each
pack includes as its own verification script.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, NamedTuple

from ...lifecycle import SYSTEM, Lifecycle, Step
from .audit_pack_verify import (
    CHUNK,
    DEVICES,
    FORMAT,
    Entry,
    local_header,
    root_hash,
)

STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting"),
    ("running", "In Progress"),
    ("failed", "Failed"),
    ("done", "Ready"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "request": Step(("draft",), "waiting"),
        "try_again": Step(("failed",), "waiting"),
        "cancel": Step(("waiting", "running", "failed"), "cancelled"),
        "start": Step(("waiting",), "running", SYSTEM),
        "finish": Step(("running",), "done", SYSTEM),
        "fail": Step(("waiting", "running"), "failed", SYSTEM),
    },
)
ITEM_STATES = [("waiting", "Waiting"), ("done", "Included"), ("failed", "Failed")]
ITEM_LIFECYCLE = Lifecycle(
    ITEM_STATES,
    {
        "include": Step(("waiting",), "done", SYSTEM),
        "fail": Step(("waiting",), "failed", SYSTEM),
        # Tried again, or what was built was lost or damaged on disk.
        "rebuild": Step(("waiting", "done", "failed"), "waiting", SYSTEM),
    },
)
FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
# Bytes of a name, so that a path with its folders stays below the 260 of Windows.
NAME_BYTES = 90
# Spreadsheets read a cell that begins with one of these as a formula, some of them also
# in full width; and where semicolons or tabs separate cells, one in the middle of text.
FORMULA = re.compile(r"(^\s*|[;\t\r\n]\s*)(?=[=+\-@＝＋－＠])")
NUMBER = re.compile(r"-?\d+(\.\d+)?")


# Names


def safe_name(name: str, maximum: int = NAME_BYTES) -> str:
    """Return a name that is valid on every file system, with its extension.

    It has no path, no hidden or reserved name and no control or direction characters:

    >>> safe_name("../../etc/passwd"), safe_name("INV/2026/00001")
    ('_.._etc_passwd', 'INV_2026_00001')
    >>> safe_name("NUL.txt"), safe_name("a.pdf. . "), safe_name(".."), safe_name("")
    ('_NUL.txt', 'a.pdf', '_', '_')
    >>> safe_name("invoice\\u202efdp.exe"), safe_name("tab\\tand\\x00null")
    ('invoicefdp.exe', 'tabandnull')
    >>> safe_name("x" * 300 + ".pdf", 12), len(safe_name("ä" * 300 + ".pdf").encode())
    ('xxxxxxxx.pdf', 90)
    >>> len(safe_name("x" * 300)), safe_name("x" * 30 + ".extension1", 15)
    (90, 'xxxx.extension1')
    >>> safe_name("No. of the longest extension", 15)
    'No. of the long'
    """
    name = unicodedata.normalize("NFC", name)
    name = "".join(each for each in name if unicodedata.category(each)[0] != "C")
    name = FORBIDDEN.sub("_", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 10:
        stem, dot, extension = name, "", ""
    stem = _cut(stem, maximum - len((dot + extension).encode())).strip(" .")
    if not stem or stem.partition(".")[0].strip().lower() in DEVICES:
        stem = f"_{stem}"
    return stem + dot + extension


def _cut(text: str, maximum: int) -> str:
    return text.encode()[:maximum].decode(errors="ignore")


def distinct(name: str, taken: set[str]) -> str:
    """Return the name, numbered if it is taken, and add it to the names taken.

    Windows and macOS do not distinguish upper and lower case:

    >>> taken = set()
    >>> [distinct(each, taken) for each in ("A.pdf", "a.PDF", "a.pdf", "b")]
    ['A.pdf', 'a (2).PDF', 'a (3).pdf', 'b']
    """
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    number, candidate = 1, name
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem} ({number}){dot}{extension}"
    taken.add(candidate.casefold())
    return candidate


def folder(sequence: int, name: str) -> str:
    """Return the folder of an item.

    >>> folder(7, "INV/2026/00001")
    'items/00007 INV_2026_00001'
    >>> len(folder(7, "x" * 90))
    72
    """
    return f"items/{sequence:05} {safe_name(name, 60)}"


# Tables


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV for spreadsheets: UTF-8 with byte order mark, without formulas.

    >>> table(["a", "b"], [["=1+1", -5], ["ü", None], ["-12.50", "-x"]]).decode()
    "\\ufeffa,b\\r\\n'=1+1,-5\\r\\nü,\\r\\n-12.50,'-x\\r\\n"
    >>> table(["=a"], [["x;=1+1"], ["\\t@x"], ["＝1"], ["a=b; c"]]).decode()
    "\ufeff'=a\\r\\nx;'=1+1\\r\\n\\t'@x\\r\\n'＝1\\r\\na=b; c\\r\\n"
    >>> table(["is_sent"], [[True], [False]]).decode()
    '\\ufeffis_sent\\r\\nTrue\\r\\n""\\r\\n'
    """
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_cell(column) for column in columns])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None or value is False:
        return ""
    text = str(value)
    return text if NUMBER.fullmatch(text) else FORMULA.sub(r"\1'", text)


# Files of the ZIP


class Written(NamedTuple):
    """Size and hashes of a file that was written."""

    size: int
    crc: int
    sha256: str
    sha1: str


def write_entry(out: BinaryIO, path: str, source: BinaryIO, created: str) -> Written:
    """Append a file to a part of the ZIP, piece by piece.

    :param out: readable and seekable, positioned at its end
    :raises ValueError: the size of the source changed meanwhile
    """
    begin = out.tell()
    expected = source.seek(0, io.SEEK_END)
    source.seek(0)
    out.write(local_header(Entry(path, expected, 0), created))
    size = crc = 0
    sha256, sha1 = hashlib.sha256(), hashlib.sha1(usedforsecurity=False)
    while chunk := source.read(CHUNK):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        sha256.update(chunk)
        sha1.update(chunk)
        out.write(chunk)
    if size != expected:
        raise ValueError(f"{path} changed while it was read")
    out.seek(begin)
    out.write(local_header(Entry(path, size, crc), created))
    out.seek(0, io.SEEK_END)
    return Written(size, crc, sha256.hexdigest(), sha1.hexdigest())


def append(out: BinaryIO, part: BinaryIO) -> str:
    """Append a file to another, and return the SHA-256 of the content appended."""
    sha256 = hashlib.sha256()
    while chunk := part.read(CHUNK):
        sha256.update(chunk)
        out.write(chunk)
    return sha256.hexdigest()


# The manifest


def control_totals(
    items: Iterable[tuple[str, str, str]],
) -> dict[str, dict[str, str | int]]:
    """Return number, total and open amount by document type.

    :param items: type, total and open amount in company currency, as text

    >>> control_totals([("out_invoice", "100.10", "0.00"),
    ...                 ("out_invoice", "0.20", "0.20")])
    {'out_invoice': {'count': 2, 'total': '100.30', 'open': '0.20'}}
    """
    totals: dict[str, tuple[int, Decimal, Decimal]] = {}
    for kind, total, residual in items:
        count, sum_total, sum_open = totals.get(kind, (0, Decimal(0), Decimal(0)))
        totals[kind] = (
            count + 1,
            sum_total + Decimal(total),
            sum_open + Decimal(residual),
        )
    return {
        kind: {"count": count, "total": str(total), "open": str(residual)}
        for kind, (count, total, residual) in totals.items()
    }


def manifest(
    about: Mapping[str, Any],
    created: str,
    files: Sequence[Mapping[str, Any]],
    missing: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the manifest with its root hash.

    :param about: query, user and control totals
    :param created: UTC time, as ``2026-01-31T23:59:59Z``
    :param files: in the order of the pack, each with path, size and sha256

    >>> made = manifest({"pack": {}}, "2026-01-31T23:59:59Z", [], [{"what": "a PDF"}])
    >>> made["counts"], len(made["root_hash"])
    ({'files': 0, 'bytes': 0, 'missing': 1}, 64)
    """
    content = {
        **about,
        "format": FORMAT,
        "created": created,
        "counts": {
            **about.get("counts", {}),
            "files": len(files),
            "bytes": sum(file["size"] for file in files),
            "missing": len(missing),
        },
        "files": list(files),
        "missing": list(missing),
    }
    return {**content, "root_hash": root_hash(content)}

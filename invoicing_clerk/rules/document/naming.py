"""Names of filed documents: by date, class, document and customer."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

LONGEST = 120
# What file systems and archives do not take, and control characters.
FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
SUFFIXES = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


def clean(text: str) -> str:
    """Return a text without what a file name cannot hold.

    >>> clean("INV/2026/00012"), clean(' a<b>: "c" '), clean("..")
    ('INV-2026-00012', 'a-b- -c', '')
    """
    joined = " ".join(FORBIDDEN.sub("-", text).split())
    return joined.strip(" .-")


def document_name(
    day: date, code: str, number: str, partner: str, used: Collection[str] = ()
) -> str:
    """Return the name of a document, other than those that are used.

    >>> day = date(2026, 1, 15)
    >>> document_name(day, "CMR", "INV/2026/00012", "C0042")
    '2026-01-15 CMR INV-2026-00012 C0042'
    >>> document_name(day, "CMR", "", "", {"2026-01-15 CMR"})
    '2026-01-15 CMR (2)'
    >>> long = document_name(day, "CMR", "9" * 200, "C0042")
    >>> other = document_name(day, "CMR", "9" * 200, "C0042", {long})
    >>> len(long), len(other), other[-5:]
    (120, 120, '9 (2)')
    """
    parts = (day.isoformat(), clean(code), clean(number), clean(partner))
    base = " ".join(filter(None, parts))
    name, count = base[:LONGEST].rstrip(), 1
    while name in used:
        count += 1
        end = f" ({count})"
        name = base[: LONGEST - len(end)].rstrip() + end
    return name


def suffix(mimetype: str) -> str:
    """Return the ending of a file of a type, with its dot.

    >>> suffix("image/jpeg"), suffix("text/html")
    ('.jpg', '')
    """
    ending = SUFFIXES.get(mimetype)
    return f".{ending}" if ending else ""

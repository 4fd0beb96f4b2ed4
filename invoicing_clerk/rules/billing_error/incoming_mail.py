"""Emails of customers: which numbers of documents they name, and whether they are forged.

The text is data: whoever writes it, and whatever is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

# Of a longer text, only the beginning is read.
MAX_CHARACTERS = 50_000
# So many words in a row can be one number: INV 2026 / 03 00017.
MAX_PARTS = 5
# Numbers that a text may name; others are not looked up.
MAX_NUMBERS = 5_000

_WORD = re.compile(r"[^\W_]+")
# What may stand between the parts of a number.
_JOINT = re.compile(r"[ \t\u00a0]?[-/\\._#\u2010-\u2015]?[ \t\u00a0]?")
_SPELLED = re.compile(r"[^\W_]+(?:[-/._][^\W_]+)*")
_VERDICT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)


def plain_number(number: str) -> str:
    """Return a number as it is compared: without signs between its parts.

    >>> plain_number("INV/2026/00001"), plain_number("inv-2026-00001")
    ('INV202600001', 'INV202600001')
    """
    return "".join(_WORD.findall(number)).upper()


def numbers_in(text: str) -> list[str]:
    """Return what may be numbers of documents, in the order of the text.

    They are as long as possible or any part of that: which of them are numbers, only
    the ledger knows.

    >>> "INV202600001" in numbers_in("Our invoice inv-2026/00001, please check.")
    True
    >>> numbers_in("Invoice 17")
    ['INVOICE17', '17']

    Numbers do not continue behind a comma, a line or a closing bracket:

    >>> numbers_in("(INV/2), 3")
    ['INV2', '2', '3']
    >>> numbers_in("no number at all"), numbers_in("")
    ([], [])
    """
    text = text[:MAX_CHARACTERS]
    words = list(_WORD.finditer(text))
    found: dict[str, None] = {}
    for at, first in enumerate(words):
        for number in reversed(_numbers_from(text, words[at : at + MAX_PARTS], first)):
            found.setdefault(number)
        if len(found) >= MAX_NUMBERS:
            break
    return list(found)[:MAX_NUMBERS]


def spelled_in(text: str) -> list[str]:
    """Return numbers as they are spelled, also with slashes, in the order of the text.

    An index finds these in the whole ledger, as it finds no numbers without signs.

    >>> spelled_in("On inv-2026-00001, INV/17. and 4711")
    ['INV-2026-00001', 'INV/2026/00001', 'INV/17', '4711']
    """
    found: dict[str, None] = {}
    for spelled in _SPELLED.findall(text[:MAX_CHARACTERS]):
        if any(character.isdigit() for character in spelled):
            found.setdefault(spelled.upper())
            found.setdefault(spelled.upper().replace("-", "/"))
    return list(found)[:MAX_NUMBERS]


def _numbers_from(
    text: str, words: list[re.Match[str]], first: re.Match[str]
) -> list[str]:
    numbers, number, end = [], "", first.start()
    for word in words:
        if not _JOINT.fullmatch(text, end, word.start()):
            break
        number += word[0].upper()
        end = word.end()
        if any(character.isdigit() for character in word[0]):
            numbers.append(number)
    return numbers


def named_in(
    texts: Iterable[str], documents: Mapping[str, tuple[int, ...]]
) -> list[int]:
    """Return the documents that the first of the texts names that names any.

    The subject names what an email is about; quoted text may list everything else.

    >>> documents = {"INV1": (1,), "INV2": (2,), "REF7": (2, 3)}
    >>> named_in(["Wrong price", "on INV/2 and INV/1", "> INV/3"], documents)
    [2, 1]
    >>> named_in(["INV 1", "INV 2"], documents), named_in(["ref-7"], documents)
    ([1], [2, 3])
    >>> named_in(["INV/17", ""], documents)
    []
    """
    for text in texts:
        found: dict[int, None] = {}
        for number in numbers_in(text):
            for document in documents.get(number, ()):
                found.setdefault(document)
        if found:
            return list(found)
    return []


def is_forged(verdicts: Iterable[str]) -> bool:
    """Return whether our mail server says that the sender is not who it claims to be.

    :param verdicts: the headers ``Authentication-Results``, the newest first. Only the
        newest is from our server, and only a failure counts: senders can add headers.

    >>> is_forged(["mx.example.com; spf=pass; dkim=fail; dmarc=fail header.from=a.b"])
    True
    >>> is_forged(["mx.example.com; spf=fail smtp.mailfrom=a.b; dkim=pass"])
    False
    >>> is_forged(["mx; spf=fail; dkim=none"]), is_forged(["mx; spf=softfail"])
    (True, False)
    >>> is_forged(["mx; dmarc=pass; spf=fail", "forged; dmarc=fail"]), is_forged([])
    (False, False)
    """
    for newest in verdicts:
        found = {
            check.lower(): result.lower() for check, result in _VERDICT.findall(newest)
        }
        if "dmarc" in found:
            return found["dmarc"] == "fail"
        return "fail" in found.values() and "pass" not in found.values()
    return False

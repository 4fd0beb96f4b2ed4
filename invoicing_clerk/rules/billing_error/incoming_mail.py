"""Emails of customers: which documents they name, who sent them, and what for.

The text is data: whoever writes it, and whatever is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

# Of a longer text, only the beginning is read.
MAX_CHARACTERS = 50_000
# So many words in a row can be one number: INV 2026 / 03 00017.
MAX_PARTS = 5
# Numbers that a text may name; others are not looked up.
MAX_NUMBERS = 5_000

_WORD = re.compile(r"[^\W_]+")
# What may stand between the parts of a number.
_JOINT = re.compile(r"[ \t\u00a0]?[-/\\._#\u2010-\u2015]?[ \t\u00a0]?")
_VERDICT = re.compile(r"\b(dmarc|spf|dkim)\s*=\s*([a-z]+)", re.IGNORECASE)
# Headers of automatic replies and mailing lists, with the values that say so.
_ANSWERS = {
    "auto-submitted": re.compile(r"\s*auto-(replied|notified)", re.IGNORECASE),
    "precedence": re.compile(r"\s*(auto.?reply|bulk|junk|list)", re.IGNORECASE),
    "return-path": re.compile(r"\s*<\s*>"),
    "x-autoreply": re.compile(r"(?!\s*no\b)", re.IGNORECASE),
    "x-autorespond": re.compile(r""),
    "x-autoresponder": re.compile(r""),
    "x-auto-reply": re.compile(r""),
    "x-mail-autoreply": re.compile(r""),
    "x-failed-recipients": re.compile(r""),
    "list-id": re.compile(r""),
    "list-unsubscribe": re.compile(r""),
}


def numbers_in(text: str) -> list[str]:
    """Return everything in a text that may be the number of a document.

    Which of them are numbers, only the ledger knows.

    >>> "INV202600001" in numbers_in("Our invoice inv-2026/00001, please check.")
    True
    >>> numbers_in("Invoice 17")
    ['INVOICE17', '17']

    Numbers do not continue behind a comma, a line or a closing bracket:

    >>> numbers_in("(INV/2), 3")
    ['INV2', '2', '3']
    >>> numbers_in("no number at all"), numbers_in("")
    ([], [])

    The longest comes first. All of it has an end:

    >>> numbers_in("1-2"), max(numbers_in("1 2 3 4 5 6"), key=len)
    (['12', '1', '2'], '12345')
    >>> numbers_in(49_999 * " " + "78")
    ['7']
    >>> len(numbers_in(",".join(map(str, range(5_001)))))
    5000
    """
    found: dict[str, None] = {}
    for numbers in _numbers_at(text):
        for number, _size in numbers:
            found.setdefault(number)
        if len(found) >= MAX_NUMBERS:
            break
    return list(found)[:MAX_NUMBERS]


def _numbers_at(text: str) -> list[list[tuple[str, int]]]:
    """Return for each word the numbers that begin with it, the longest first."""
    text = text[:MAX_CHARACTERS]
    words = list(_WORD.finditer(text))
    return [_numbers_from(text, words[at : at + MAX_PARTS]) for at in range(len(words))]


def _numbers_from(text: str, words: Sequence[re.Match[str]]) -> list[tuple[str, int]]:
    numbers, number, end = [], "", words[0].start()
    for size, word in enumerate(words, 1):
        if size > 1 and not _JOINT.fullmatch(text, end, word.start()):
            break
        number += word[0].upper()
        end = word.end()
        if any(character.isdigit() for character in word[0]):
            numbers.append((number, size))
    return numbers[::-1]


def named_in(text: str, documents: Mapping[str, Iterable[int]]) -> list[int]:
    """Return the documents that a text names, in its order.

    >>> documents = {"INV1": [1], "INV2": [2], "REF7": [2, 3], "2": [4]}
    >>> named_in("on INV/2 and inv 1, not INV/3", documents)
    [2, 1]
    >>> named_in("ref-7", documents), named_in("INV/17", documents)
    ([2, 3], [])

    >>> named_in("INV/2 INV/1", documents)
    [2, 1]

    A part of a number does not count:

    >>> named_in("INV-1-2", {"INV12": [5], "INV1": [1]})
    [5]
    >>> named_in("INV/2", documents), named_in("2", documents)
    ([2], [4])
    """
    found: dict[int, None] = {}
    ends = 0
    for at, numbers in enumerate(_numbers_at(text)):
        for number, size in numbers if at >= ends else ():
            if number in documents:
                found |= dict.fromkeys(documents[number])
                ends = at + size
                break
    return list(found)


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
        found: dict[str, str] = {
            check.lower(): result.lower() for check, result in _VERDICT.findall(newest)
        }
        if "dmarc" in found:
            return found["dmarc"] == "fail"
        return "fail" in found.values() and "pass" not in found.values()
    return False


def is_answer(headers: Iterable[tuple[str, str]]) -> bool:
    """Return whether a machine answers: an absence note, a bounce or a mailing list.

    To open a case for these starts loops. What a system of the customer sends by itself
    may be a complaint:

    >>> is_answer([("Auto-Submitted", "auto-replied; owner=x"), ("Subject", "Absent")])
    True
    >>> is_answer([("Return-Path", "<>")]), is_answer([("Precedence", "Auto_Reply")])
    (True, True)
    >>> is_answer([("X-Autoreply", "yes")]), is_answer([("X-Autoreply", "no")])
    (True, False)
    >>> is_answer([("Auto-Submitted", "auto-generated"), ("Return-Path", "<a@b.c>")])
    False
    >>> is_answer([("Auto-Submitted", "no"), ("Precedence", "first-class")])
    False
    """
    return any(
        bool(says.match(str(value)))
        for name, value in headers
        if (says := _ANSWERS.get(name.lower()))
    )

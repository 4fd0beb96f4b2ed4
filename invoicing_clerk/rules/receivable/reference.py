"""Numbers of documents in what people write: how they are found, and how surely.

A number is ``whole`` where it stands by itself as it is printed, whatever the signs
between its parts. It is ``loose`` where leading zeros differ, where other characters
are attached, or where it is of digits only, so that it may be something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from .structured_reference import is_structured, squeezed

WHOLE, LOOSE = "whole", "loose"
# Shorter numbers in a text are not references: they may mean anything.
MIN_REFERENCE = 4
# Of a text, so much is read: the longest remittance information of banks is shorter.
MAX_TEXT = 2000
# Parts of the longest number, and its characters without signs.
MAX_PARTS, MAX_KEY = 7, 40
# Characters that may be missing at the end of a number.
MOST_CUT = 2
WORD = re.compile(r"[^\W\d_]+|\d+")
# What a number may be attached to without being a part of something else.
BEFORE, AFTER = re.compile(r"[^\W_][-/_]?$"), re.compile(r"[-/_.]?[^\W_]")


def mention(number: str, text: str) -> str | None:
    """Return how a text names a number: ``whole``, ``loose`` or not at all.

    >>> def names(number, *texts):
    ...     return [mention(number, text) for text in texts]
    >>> names("INV/2026/00042", "INV/2026/00042", "pay inv 2026-00042!",
    ...     "INV202600042", "x,INV/2026/00042,y", "Invoice:INV/2026/00042.")
    ['whole', 'whole', 'whole', 'whole', 'whole']

    Other zeros, or a part of something longer:

    >>> names("INV/2026/00042", "inv 2026-42", "INV/2026/0042", "X-INV/2026/00042",
    ...     "INV/2026/00042-INV/2026/00043", "INV/2026/00042/1")
    ['loose', 'loose', 'loose', 'loose', 'loose']

    Other numbers:

    >>> names("INV/2026/00042", "INV/2026/000421", "INV/2026/1042", "RINV/2026/00042",
    ...     "2026/00042", "", "0INV/2026/00042", "INV/2026/00042A")
    [None, None, None, None, None, None, None]

    Structured references are found with any signs and spaces. Digits alone are whole
    only with check digits; short ones are not found at all:

    >>> names("+++090/9337/55493+++", "090933755493", "r 0909 3375 5493", "90933755493")
    ['whole', 'whole', None]
    >>> names("RF18 5390 0754 7034", "RF18539007547034", "rf18 5390 0754 7034 x")
    ['whole', 'whole']
    >>> names("12", "room 12"), names("1000", "1000"), names("PO 12", "PO 12")
    ([None], [None], ['whole'])
    >>> names("10000", "10000", "no. 10000, please")
    ['loose', 'loose']
    """
    if not _is_reference(number):
        return None
    text = text[:MAX_TEXT]
    if _is_whole(number, text):
        return WHOLE
    loose = _loose(number)
    return LOOSE if loose and loose.search(text) else None


def _is_reference(number: str) -> bool:
    """Return whether a number is long enough to be looked for."""
    return _is_long(sum(map(str.isalnum, number)), number)


def _is_long(length: int, number: str) -> bool:
    return length > MIN_REFERENCE or (length == MIN_REFERENCE and not number.isdigit())


def _is_whole(number: str, text: str) -> bool:
    """Return whether a number stands in a text as it is printed, by itself.

    Signs may differ between its parts, and anywhere between check digits. Digits
    without check digits are never whole.
    """
    breaks = _breaks(number)
    if breaks is None:
        return False
    characters, places = _squeezed(text)
    wanted = squeezed(number)
    start = characters.find(wanted)
    while start >= 0:
        found = places[start : start + len(wanted)]
        gaps = {i for i in range(1, len(found)) if found[i] != found[i - 1] + 1}
        if gaps <= breaks and _stands_apart(text, found[0], found[-1] + 1):
            return True
        start = characters.find(wanted, start + 1)
    return False


@lru_cache(maxsize=20_000)
def _breaks(number: str) -> frozenset[int] | None:
    """Return after how many characters of a number signs may stand."""
    if is_structured(number):
        return frozenset(range(len(number)))
    words = WORD.findall(number)
    if not any(word.isalpha() for word in words):
        return None
    return frozenset(accumulate(map(len, words)))


@lru_cache(maxsize=256)
def _squeezed(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text, and where they stand in it."""
    found = [
        (each.lower(), place)
        for place, each in enumerate(text)
        if each.isalnum() and len(each.lower()) == 1
    ]
    return "".join(each for each, _place in found), [place for _each, place in found]


def _stands_apart(text: str, start: int, end: int) -> bool:
    """Return whether a part of a text is attached to nothing."""
    before, after = text[max(start - 2, 0) : start], text[end : end + 2]
    return not BEFORE.search(before) and not AFTER.match(after)


@lru_cache(maxsize=20_000)
def _loose(number: str) -> re.Pattern[str] | None:
    """Return a pattern of a number with other zeros, or attached to something."""
    if is_structured(number):
        return None
    words = WORD.findall(number)
    has_letters = any(word.isalpha() for word in words)
    parts = [
        f"0*{re.escape(word.lstrip('0') or '0')}"
        if has_letters and word.isdigit()
        else re.escape(word)
        for word in words
    ]
    return _compiled(r"(?<![^\W_])", r"[\W_]*".join(parts), r"(?![^\W_])")


def _compiled(before: str, inner: str, after: str) -> re.Pattern[str]:
    return re.compile(f"{before}{inner}{after}", re.IGNORECASE)


def number_keys(number: str) -> set[str]:
    """Return the keys under which a number is looked up.

    >>> sorted(number_keys("INV/2026/00042"))
    ['inv202600042', 'inv2026|42']
    >>> sorted(number_keys("+++090/9337/55493+++"))
    ['090933755493', '0909337|55493']
    >>> number_keys("12"), number_keys("")
    (set(), set())
    """
    words = WORD.findall(number)
    plain = "".join(words)
    if not _is_long(len(plain), number):
        return set()
    text, last = plain.lower(), words[-1]
    if len(words) < 2 or not last.isdigit():
        return {text}
    front = plain[: -len(last)].lower()
    return {text, f"{front}|{last.lstrip('0') or '0'}"}


@lru_cache(maxsize=2_000)
def text_keys(text: str) -> frozenset[str]:
    """Return the keys of all numbers that a text may name.

    They find candidates; `mention` decides.

    >>> def finds(number, *texts):
    ...     return all(number_keys(number) & text_keys(text) for text in texts)
    >>> finds("INV/2026/00042", "INV/2026/00042", "pay inv 2026-42!", "INV202600042",
    ...     "thanks for inv2026/0042 and more")
    True
    >>> finds("RF18 5390 0754 7034", "our RF18 5390 0754 7034", "RF18539007547034")
    True
    >>> finds("PO-77B", "PO 77 B"), finds("10000", "no. 10000"), finds("A1B2", "a1b2")
    (True, True, True)
    >>> sorted(text_keys("thank you")), len(text_keys("1 2 " * 900)) < 60
    ([], True)
    """
    words = WORD.findall(text[:MAX_TEXT].lower())
    return frozenset(
        key for start in range(len(words)) for key in _keys_from(words, start)
    )


def _keys_from(words: list[str], start: int) -> Iterator[str]:
    """Yield the keys of numbers that begin with a word."""
    before, letters = "", 0
    for word in words[start : start + MAX_PARTS]:
        letters += word.isalpha()
        joined = before + word
        if len(joined) > MAX_KEY or letters > 4:
            return
        if len(joined) >= MIN_REFERENCE and not joined.isalpha():
            yield joined
        if word.isdigit():
            yield from _splits(before, word)
        before = joined


def _splits(before: str, digits: str) -> Iterator[str]:
    """Yield keys of a number whose last part is some of the digits at the end."""
    for index in range(len(digits)):
        front = before + digits[:index]
        if front and (index == 0 or before):
            yield f"{front}|{digits[index:].lstrip('0') or '0'}"


def fragments(text: str) -> list[str]:
    """Return the parts of a text that may be a piece of a number: with four digits.

    >>> [fragments(each) for each in ("INV/2026/000, thanks", "26-00042 / 00043", "12")]
    [['inv2026000'], ['2600042', '00043'], []]
    >>> fragments("Rechnung 00042"), fragments("from 12.03.2026")
    (['00042'], ['12032026'])
    """
    found = []
    for token in re.split(r"[\s,;:()#&+\"']+", text[:MAX_TEXT]):
        piece = squeezed(token)
        if sum(map(str.isdigit, piece)) >= MIN_REFERENCE:
            found.append(piece)
    return found


def is_cut(piece: str, number: str) -> bool:
    """Return whether a piece is the beginning or the end of a number.

    >>> is_cut("inv2026000", "inv202600042"), is_cut("00042", "inv202600042")
    (True, True)
    >>> is_cut("inv202600042", "inv202600042"), is_cut("2026000", "inv202600042")
    (False, False)

    Of a beginning, two characters may be missing; otherwise it could be of many:

    >>> is_cut("inv2026000", "inv202600042"), is_cut("inv202600", "inv202600042")
    (True, False)
    """
    if len(piece) >= len(number):
        return False
    begins = number.startswith(piece) and len(number) - len(piece) <= MOST_CUT
    return begins or number.endswith(piece)


def is_mistyped(piece: str, number: str) -> bool:
    """Return whether one character differs, is missing, added or swapped.

    >>> [is_mistyped(each, "inv202600042") for each in (
    ...     "inv202600043", "inv20260042", "inv2026000042", "inv202600024")]
    [True, True, True, True]
    >>> [is_mistyped(each, "inv202600042") for each in (
    ...     "inv202600042", "inv202600053", "inv2026042", "", "inv202604002")]
    [False, False, False, False, False]
    """
    if piece == number or abs(len(piece) - len(number)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(piece, number, strict=False)) if a != b),
        min(len(piece), len(number)),
    )
    one, two = piece[start:], number[start:]
    swapped = one[:2] == two[1::-1] and one[2:] == two[2:]
    return one[1:] == two[1:] or one[1:] == two or one == two[1:] or swapped

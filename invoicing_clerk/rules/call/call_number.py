"""Comparison of phone numbers, to find the caller by number.

Numbers come as people write them, as phone systems send them and as other programs
link to them (RFC 3966 ``tel:``, SIP addresses). A field may hold several, with names,
extensions and prefixes of phone systems around them.
"""

from __future__ import annotations

import re
import unicodedata

# An internal number has at least three digits, any other at least six.
MIN_DIGITS, FULL_DIGITS = 3, 6
# No longer text is a phone number.
MAX_CHARACTERS = 64
# Fewer digits and letters may be a name.
SPELT_DIGITS = 10
# In most countries the number without prefixes and trunk zero, elsewhere a part of it
# that is distinctive enough.
TAIL_DIGITS = 9
# Numbers of a country without area codes: with these, a country code is in the tail.
NATIONAL_DIGITS = (7, 8)
# How many numbers of a field are found.
MAX_NUMBERS = 3
# Sent in place of a number (RFC 3323 and common practice).
WITHHELD = frozenset(
    {"anonymous", "private", "restricted", "unavailable", "unknown", "withheld"}
)

_LINK = re.compile(r"^(?:tel|sips?|callto):", re.IGNORECASE)
_HOST = re.compile(r"@[^\s@]*$")

# A number in text, for regular expressions of Python and PostgreSQL alike: it ends at a
# letter, at a sign of an extension or of a list, and, once it has seven digits, at a
# slash or bracket, at an hour, or where a dash, a dot or a space more begins another
# one. So 0485/11.22.33 is one number, and 02 555 12 12 / 0485 11 22 33 are two.
_SIGNS = " ().·'’_\u00a0\u2009\u202f\u2010-\u2015\u2212-"
_SEVEN = f"(?:[0-9][/{_SIGNS}]*){{6}}[0-9]"
_SIX = f"(?:[0-9][/{_SIGNS}]*){{6}}"
_NEXT = (
    rf"[ \u00a0]{{0,3}}\(|[ \u00a0][·\u2013\u2014-] ?(?:[+0]|{_SIX})"
    r"|[ \u00a0]{2,5}[+0]|[ \u00a0][0-9]\)|[ \u00a0][0-9]{1,2} ?[hHuU:]"
)
# Before the number: words, and the number of a room or line, or of an item in a list.
_BEFORE = r"[^0-9]*(?:(?<![+])[0-9]{1,3}\) ?(?=[+0])[^0-9]*)?"
NUMBER = (
    f"^{_BEFORE}({_SEVEN}(?:(?!{_NEXT})[0-9{_SIGNS}])*"
    f"|(?!{_SEVEN})[0-9][/0-9{_SIGNS}]*)"
)
# What follows the first number of a field is another one only if it has six digits.
FULL_NUMBER = _SIX
# Several lines in short: a number, and other endings of it (02 555 12 12-13, -12/14).
# Behind a dash they are an ending only if the number has no dashes itself, or is whole.
_DASHES = r"\u2010-\u2015\u2212-"
_DASH = rf"[ \u00a0]?[{_DASHES}][ \u00a0]?"
_THROUGH = r"(?:to|tot|t/m|bis|thru|a|à)"
_OR = (
    r"(?:[ \u00a0]?[/,;&+][ \u00a0]?"
    rf"|[ \u00a0](?:{_THROUGH}|or|and|et|ou|of|en|und|oder|y|o|e)[ \u00a0])"
)
_PLAIN = f"[0-9](?:[/{_SIGNS.partition(chr(0x2010))[0]}]*[0-9]){{6,}}"
_WHOLE = (
    rf"(?:(?<![+])[0-9](?:[/{_SIGNS}]*[0-9]){{8,}}|[0-9](?:[/{_SIGNS}]*[0-9]){{10,}})"
)
_NO_MORE = f"(?![/{_SIGNS}]?[0-9]|[ \u00a0]?[hHuU:])"
_BY_OR = f"(?:{_OR}[0-9]{{1,3}})"
_BY_DASH = f"{_DASH}[0-9]{{1,3}}{_BY_OR}*"
_DASHED = f"(?:{_PLAIN}|(?!{_PLAIN}{_DASH}){_WHOLE})"
_BASE = (
    f"(?:{_DASHED}(?={_DASH})|(?!{_DASHED}{_BY_DASH}{_NO_MORE})"
    f"{_SEVEN}(?:[{_SIGNS}]*[0-9])*(?!{_DASH}))"
)
_ENDINGS = f"(?:{_BY_DASH}|{_BY_OR}+)"
LINES = f"^{_BEFORE}({_BASE}){_ENDINGS}{_NO_MORE}"
LINE_ENDINGS = f"^{_BEFORE}{_BASE}({_ENDINGS}){_NO_MORE}"
ENDING = "([^0-9]+)([0-9]+)"
THROUGH = rf"^[ \u00a0]?(?:[{_DASHES}]|{_THROUGH})[ \u00a0]?$"
# An ending has at most three digits.
ENDING_DIGITS = 3

# Letters for digits of the keypad (1-800-FLOWERS): after two to six digits, a word that
# is not that of an extension, and others joined to it or in capitals.
LETTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "22233344455566677778889999" * 2,
)
_SERVICE = (
    rf"(?:(?=(?:[/{_SIGNS}]*[0-9]){{4}})(?=(?:[/{_SIGNS}]*[0-9A-Za-z]){{7}})"
    rf"|(?=[0-9]{{3}}(?:[/{_SIGNS}]*[0-9A-Za-z]){{7}})"
    r"|(?=13[ -]?[A-Za-z]{4}(?![A-Za-z])))"
)
_EXTENSION = "|".join(
    "".join(f"[{each}{each.upper()}]" for each in word)
    for word in ("ext", "int", "loc", "pos", "dw", "tel", "fax", "ram", "wew", "dah")
)
KEYPAD = (
    rf"^{_BEFORE}(?!{_SEVEN})({_SERVICE}[0-9](?:[/{_SIGNS}]*[0-9])+[/{_SIGNS}]*"
    rf"(?!{_EXTENSION})[A-Za-z]{{2,}}(?:-[A-Za-z0-9]+|[ \u00a0]?[A-Z0-9]+(?![a-z]))*)"
)
# The letters that are not dialled, of words longer than an American number.
DIALLED = (
    "^(1[0-9]{10}|8(?:00|33|44|55|66|77|88)[0-9]{7}"
    "|(?!1[0-9]{10}|8(?:00|33|44|55|66|77|88)[0-9]{7})[0-9]+)"
)

# Digits of other scripts and signs of full width, and ours.
_ZEROS = (0x660, 0x6F0, 0x966, 0xFF10)
OTHER_SCRIPTS = (
    "".join(chr(zero + each) for zero in _ZEROS for each in range(10))
    + "（）－．／＋\u3000",
    "0123456789" * len(_ZEROS) + "()-./+ ",
)

_TO_OURS = str.maketrans(*OTHER_SCRIPTS)
_NUMBER, _FULL_NUMBER = re.compile(NUMBER), re.compile(FULL_NUMBER)
_LINES, _LINE_ENDINGS = re.compile(LINES), re.compile(LINE_ENDINGS)
_ENDING, _THROUGH_SIGN = re.compile(ENDING), re.compile(THROUGH)
_KEYPAD, _DIALLED = re.compile(KEYPAD), re.compile(DIALLED)
_TO_DIGITS = str.maketrans(*LETTERS)


class NotANumberError(ValueError):
    """The text has no phone number."""


def is_withheld(text: str) -> bool:
    """Return whether the caller withheld the number.

    >>> is_withheld("Anonymous"), is_withheld("sip:anonymous@anonymous.invalid")
    (True, True)
    >>> is_withheld(" "), is_withheld("02 555 12 34")
    (True, False)
    """
    word = _HOST.sub("", _LINK.sub("", text.strip())).lower()
    return not word or word in WITHHELD


def numbers(text: str) -> list[str]:
    """Return the digits to dial of each number in a text, after a leading ``+``.

    >>> numbers("+32 (0)2 555.12.34 ext. 12"), numbers("tel:+32-2-555-12-34;ext=12")
    (['+32025551234'], ['+3225551234'])
    >>> numbers("02 555 12 34 Local 212"), numbers("sip:+3225551234@pbx.example.com")
    (['025551234'], ['+3225551234'])

    Several numbers, names, and prefixes of phone systems:

    >>> numbers("02 555 12 12 (Ann) or +32 485/11.22.33")
    ['025551212', '+32485112233']
    >>> numbers("L0#025551212"), numbers("0,025551212"), numbers("Tel. 204")
    (['025551212'], ['025551212'], ['204'])

    Numbers in front of it, and hours behind:

    >>> numbers("1) 02 555 12 12 2) +32 485 11 22 33"), numbers("(room 7) 02 555 12 12")
    (['025551212', '+32485112233'], ['025551212'])
    >>> numbers("911 234 567 - 611 234 567"), numbers("02 555 12 12 (9-12h)")
    (['911234567', '611234567'], ['025551212'])

    Up to three numbers of six digits or more; the first of shorter ones if no other:

    >>> numbers("02 5551212, 02 5551213, 02 5551214, 02 5551215")
    ['025551212', '025551213', '025551214']
    >>> numbers("12345, 123456"), numbers("204, 205")
    (['123456'], ['204'])

    Several lines in short, where the last digits may as well be an extension, and
    letters of the keypad:

    >>> numbers("02/555.12.12-13"), numbers("0161 496 0123/4")
    (['02555121213', '025551212', '025551213'], ['01614960123', '01614960124'])
    >>> numbers("1-800-FLOWERS"), numbers("0800 Taxi"), numbers("204 Ann")
    (['18003569377', '1800'], ['0800', '08008294'], ['204'])

    Digits and signs of other scripts, and invisible characters from copying:

    >>> numbers("\\u202a+٣٢ ٢ ٥٥٥ ١٢ ٣٤\\u202c"), numbers("（０２）５５５－１２３４")
    (['+3225551234'], ['025551234'])

    Text without three digits in a row, or of more than 64 characters, is refused:

    >>> numbers("204".ljust(64))
    ['204']
    >>> for text in ("hello", "12", "+", "204".ljust(65)):
    ...     try:
    ...         print(numbers(text))
    ...     except NotANumberError:
    ...         print("refused")
    refused
    refused
    refused
    refused
    """
    if len(text) > MAX_CHARACTERS:
        raise NotANumberError(text[:MAX_CHARACTERS])
    plain = _HOST.sub("", _LINK.sub("", _readable(text)))
    found = _found(plain)
    full = [each for each in found if len(each.lstrip("+")) >= FULL_DIGITS]
    short = [each for each in found if len(each.lstrip("+")) >= MIN_DIGITS]
    spelt = _spelt(plain)
    if not short and not spelt:
        raise NotANumberError(text)
    # A word after a space may be a name.
    is_name = re.search("[0-9] [A-Z]?[a-z]", plain)
    read = full + _lines(plain) if full else short[:1]
    read = [*read, *spelt] if is_name else [*spelt, *read]
    return list(dict.fromkeys(read))[:MAX_NUMBERS]


def _spelt(text: str) -> list[str]:
    """Return the number that a text spells with letters of the keypad, if any.

    >>> _spelt("call +1 800 FLOWERS"), _spelt("call 1-800-FLOWERS now"), _spelt("Ann")
    (['+18003569377'], ['18003569377'], [])
    """
    written = _KEYPAD.match(text)
    if not written:
        return []
    sign = "+" if re.search(r"\+[^0-9]*$", text[: written.start(1)]) else ""
    return [sign + _keys(written[1])]


def _keys(text: str) -> str:
    """Return the digits of letters and digits.

    >>> _keys("1-800-MATTRESS"), _keys("800 Mattress"), _keys("13 CABS")
    ('18006288737', '8006288737', '132227')
    """
    digits = re.sub("[^0-9A-Za-z]", "", text).translate(_TO_DIGITS)
    dialled = _DIALLED.match(digits)
    return dialled[1] if dialled else digits


def _lines(text: str) -> list[str]:
    """Return the first and the last of several lines that are written in short.

    >>> _lines("02 555 12 12/14/16"), _lines("02 555 12 12")
    (['025551212', '025551216'], [])
    """
    found = lines(text)
    if not found:
        return []
    (_start, first, others), written = found, _LINES.match(text)
    number = _digits(written[1]) if written else ""
    return [number.removesuffix(first) + each for each in (first, others[-1][1])]


def lines(text: str) -> tuple[str, str, list[tuple[bool, str]]] | None:
    """Return what several lines have in common, the last three digits of the first one,
    and of the others; ``True`` if those in between are meant, too.

    >>> lines("02/555.12.12-13"), lines("02 555 12 12 or 0485 11 22 33")
    (('025551', '212', [(True, '213')]), None)
    >>> lines("02 555 12 16/14"), lines("02/555.12.12-12")
    (('025551', '216', [(False, '214')]), None)
    >>> lines("02 555 12 12/14/16 (Ann)")
    ('025551', '212', [(False, '214'), (False, '216')])
    """

    text = text.translate(_TO_OURS)
    written, endings = _LINES.match(text), _LINE_ENDINGS.match(text)
    if not written or not endings:
        return None
    number = _digits(written[1])[-TAIL_DIGITS:]
    start, first = number[:-ENDING_DIGITS], number[-ENDING_DIGITS:]
    read = [
        (bool(_THROUGH_SIGN.match(sign)), first[: -len(ending)] + ending)
        for sign, ending in _ENDING.findall(endings[1])
    ]
    others = [(through, last) for through, last in read if not through or last > first]
    if not others:
        return None
    return start, first, others


def _found(text: str) -> list[str]:
    """Return all runs of digits that are written as one number."""
    found = []
    while written := _NUMBER.match(text):
        digits = _digits(written[1])
        sign = "+" if re.search(r"\+[^0-9]*$", text[: written.start(1)]) else ""
        found.append(sign + digits)
        text = text[written.end() :]
    return found


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _readable(text: str) -> str:
    visible = (c for c in text if unicodedata.category(c) != "Cf")
    plain = unicodedata.normalize("NFKC", "".join(visible)).strip()
    return re.sub(r"\d", lambda digit: str(int(digit[0])), plain)


def tails(text: str) -> list[str]:
    """Return the last digits of up to three numbers in a field, as it is stored.

    The first one may be short, or cut off by a prefix of a phone system; the others
    have six digits.

    >>> tails("02/555.12.12 ext. 12"), tails("02 555 12 12 / 0485 11 22 33")
    (['025551212'], ['025551212', '485112233'])
    >>> tails("L0#02 555 12 12"), tails("tel. 204"), tails("hello")
    (['0', '025551212'], ['204'], [])
    >>> tails("02 5551212, 02 5551213, 02 5551214, 02 5551215")
    ['025551212', '025551213', '025551214']
    """
    text = text.translate(_TO_OURS)
    found: list[str] = []
    while len(found) < MAX_NUMBERS and (written := _NUMBER.match(text)):
        found.append(_digits(written[1])[-TAIL_DIGITS:])
        text = text[written.end() :]
        if not _FULL_NUMBER.search(text):
            break
    return found


def keypad_tail(text: str) -> str:
    """Return the last digits of a number that a field spells with letters, if any.

    >>> keypad_tail("call 1-800-FLOWERS now"), keypad_tail("02 555 12 12 (Ann)")
    ('003569377', '')
    """
    written = _KEYPAD.match(text.translate(_TO_OURS))
    return _keys(written[1])[-TAIL_DIGITS:] if written else ""


def is_spelt(text: str) -> bool:
    """Return whether a text is a whole number with letters of the keypad.

    >>> [is_spelt(each) for each in ("+1 800 FLOWERS", "2026 ANN", "INV 2026 ABCDEFG")]
    [True, False, False]
    >>> is_spelt("800 FLOWERS"), is_spelt("1 800 FLOWE")
    (True, False)
    """
    spelt = _spelt(text)
    start = re.match(r"[+(]*(?=[0-9])", text)
    written = _KEYPAD.match(text)
    if not spelt or not start or not written:
        return False
    return written.end() == len(text) and len(spelt[0]) >= SPELT_DIGITS


def tail(number: str) -> str:
    """Return the last digits of the first number, equal for two ways to write it.

    >>> tail("+3225551234"), tail("0032 2 555 12 34"), tail("hello")
    ('225551234', '225551234', '')
    >>> tail("2) 0555 1234")
    '05551234'
    >>> {tail(text) for text in ("٠٤٨٥ ١١ ٢٢ ٣٣", "۰۴۸۵ ۱۱ ۲۲ ۳۳")}
    {'485112233'}
    >>> {tail(text) for text in ("०४८५ ११ २२ ३३", "０４８５－１１２２３３")}
    {'485112233'}
    """
    return next(iter(tails(number)), "")


def similar_tails(number: str, national: str = "") -> set[str]:
    """Return the tails of a number, with and without country code or trunk zero.

    Of a national number of seven or eight digits, the tail includes the last digits of
    the country code, or the trunk zero, where it is written with it: any may precede.

    >>> sorted(similar_tails("+33142685300", "142685300"))
    ['142685300']
    >>> found = similar_tails("+4512345678", "12345678")
    >>> sorted(found) == ["012345678", "112345678", "12345678", *(
    ...     f"{digit}12345678" for digit in range(2, 10))]
    True
    >>> similar_tails("12345678") == similar_tails("012345678") | {"12345678"}
    True
    >>> len(similar_tails("2345678")), "002345678" in similar_tails("2345678")
    (102, True)
    >>> similar_tails("204")
    {'204'}

    Of a country that is not known, any part of the number may be its code:

    >>> sorted(similar_tails("+4512345678"))
    ['012345678', '02345678', '12345678', '2345678', '512345678']
    """
    local = national or _digits(number)
    if not national and local.startswith("0") and not local.startswith("00"):
        local = local[1:]
    found = {_digits(number)[-TAIL_DIGITS:], local[-TAIL_DIGITS:]}
    if not national and number.startswith(("+", "00")):
        # A number of a country that is not known: without its code.
        for length in NATIONAL_DIGITS:
            last = _digits(number)[-length:]
            found |= {last, f"0{last}"}
    if len(local) in NATIONAL_DIGITS:
        missing = TAIL_DIGITS - len(local)
        found |= {f"{code:0{missing}}{local}" for code in range(10**missing)}
        found.add(f"0{local}")
    return found

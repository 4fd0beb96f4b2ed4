"""Comparison of phone numbers, to find the caller by number.

Numbers come as people write them, as phone systems send them and as other programs
link to them (RFC 3966 ``tel:``, SIP addresses).
"""

from __future__ import annotations

import re
import unicodedata

# A number has at most fifteen digits (E.164), an international prefix five.
MIN_DIGITS, MAX_DIGITS = 3, 20
# No longer text is a phone number.
MAX_CHARACTERS = 64
# In most countries the number without prefixes and trunk zero, elsewhere a part of it
# that is distinctive enough.
TAIL_DIGITS = 9
# Sent in place of a number (RFC 3323 and common practice).
WITHHELD = frozenset(
    {"anonymous", "private", "restricted", "unavailable", "unknown", "withheld"}
)

_LINK = re.compile(r"^(?:tel|sips?|callto):", re.IGNORECASE)
_HOST = re.compile(r"@[^\s@]*$")
_EXTENSION = re.compile(
    r"\s*(?:;ext=|;|,|#|\b(?:ext|extn|extension)\b\.?:?|x)\s*[0-9]{1,7}$", re.IGNORECASE
)
_NUMBER = re.compile(r"\+?[0-9\s()./·'\-‐-―−]+")


class NotANumberError(ValueError):
    """The text is not a phone number."""


def is_withheld(text: str) -> bool:
    """Return whether the caller withheld the number.

    >>> is_withheld("Anonymous"), is_withheld("sip:anonymous@anonymous.invalid")
    (True, True)
    >>> is_withheld(" "), is_withheld("02 555 12 34")
    (True, False)
    """
    word = _HOST.sub("", _LINK.sub("", text.strip())).lower()
    return not word or word in WITHHELD


def dialled(text: str) -> str:
    """Return the digits to dial, after a leading ``+``, without any extension.

    >>> dialled("+32 (0)2 555.12.34 ext. 12"), dialled("tel:+32-2-555-12-34;ext=12")
    ('+32025551234', '+3225551234')
    >>> dialled("02 555 12 34 x12"), dialled("sip:+3225551234@pbx.example.com")
    ('025551234', '+3225551234')

    Digits and signs of other scripts, and invisible characters from copying:

    >>> dialled("\\u202a+٣٢ ٢ ٥٥٥ ١٢ ٣٤\\u202c"), dialled("（０２）５５５－１２３４")
    ('+3225551234', '025551234')

    Numbers have 3 to 20 digits, in at most 64 characters:

    >>> dialled("204"), dialled("1" * 20), dialled("0" + " " * 60 + "204")
    ('204', '11111111111111111111', '0204')

    Other text is refused:

    >>> long = "0" + " " * 61 + "204"
    >>> for text in ("hello", "12", "02 555 1234 hello", "1" * 21, "+", "1+2345", long):
    ...     try:
    ...         print(dialled(text))
    ...     except NotANumberError:
    ...         print("refused")
    refused
    refused
    refused
    refused
    refused
    refused
    refused
    """
    if len(text) > MAX_CHARACTERS:
        raise NotANumberError(text[:MAX_CHARACTERS])
    written = _EXTENSION.sub("", _HOST.sub("", _LINK.sub("", _readable(text))))
    digits = re.sub(r"[^0-9]", "", written)
    if not (MIN_DIGITS <= len(digits) <= MAX_DIGITS and _NUMBER.fullmatch(written)):
        raise NotANumberError(text)
    return f"+{digits}" if written.startswith("+") else digits


def _readable(text: str) -> str:
    visible = (c for c in text if unicodedata.category(c) != "Cf")
    plain = unicodedata.normalize("NFKC", "".join(visible)).strip()
    return re.sub(r"\d", lambda digit: str(int(digit[0])), plain)


def tail(number: str) -> str:
    """Return the last digits, equal for two spellings of the same number.

    >>> tail("+3225551234"), tail("0032 2 555 12 34"), tail("02/555.12.34 ext. 12")
    ('225551234', '225551234', '025551234')

    The number ends at a letter or a sign of an extension after its first digit. A short
    number is its own tail:

    >>> tail("tel. 204"), tail("hello"), tail("1234567890,,5")
    ('204', '', '234567890')
    """
    written = re.match(r"[^0-9]*[0-9][^a-zA-Z#;,]*", number)
    digits = re.sub(r"[^0-9]", "", written[0]) if written else ""
    return digits[-TAIL_DIGITS:]

"""What of a phone number counts when somebody calls: one who calls is known by it.

Numbers come as people write them, as telephone systems send them and as other programs
link to them (RFC 3966 ``tel:``, SIP addresses).
"""

from __future__ import annotations

import re
import unicodedata

# Fifteen digits are the most of a number (E.164), five of a prefix to dial abroad.
LEAST_DIGITS, MOST_DIGITS = 3, 20
# Nothing that is longer is a number, whatever is in it.
MOST_CHARACTERS = 64
# In most countries the number without prefix and trunk zero; in the others a part of it
# that tells enough.
TAIL_DIGITS = 9
# What telephone systems say in place of a number (RFC 3323 and habit).
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
    """Nobody can be called under what was given."""


def is_withheld(text: str) -> bool:
    """Whether a caller chose to show no number.

    >>> is_withheld("Anonymous"), is_withheld("sip:anonymous@anonymous.invalid")
    (True, True)
    >>> is_withheld(" "), is_withheld("02 555 12 34")
    (True, False)
    """
    word = _HOST.sub("", _LINK.sub("", text.strip())).lower()
    return not word or word in WITHHELD


def dialled(text: str) -> str:
    """The digits to dial, with the ``+`` where it leads; without any extension.

    >>> dialled("+32 (0)2 555.12.34 ext. 12"), dialled("tel:+32-2-555-12-34;ext=12")
    ('+32025551234', '+3225551234')
    >>> dialled("02 555 12 34 x12"), dialled("sip:+3225551234@pbx.example.com")
    ('025551234', '+3225551234')

    Digits and signs of other scripts, and what copying brings along unseen:

    >>> dialled("\\u202a+٣٢ ٢ ٥٥٥ ١٢ ٣٤\\u202c"), dialled("（０２）５５５－１２３４")
    ('+3225551234', '025551234')

    What is no number is refused:

    >>> for text in ("hello", "12", "02 555 1234 hello", "1" * 21, "+", "1+2345"):
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
    """
    if len(text) > MOST_CHARACTERS:
        raise NotANumberError(text[:MOST_CHARACTERS])
    written = _EXTENSION.sub("", _HOST.sub("", _LINK.sub("", _readable(text))))
    digits = re.sub(r"[^0-9]", "", written)
    if not (LEAST_DIGITS <= len(digits) <= MOST_DIGITS and _NUMBER.fullmatch(written)):
        raise NotANumberError(text)
    return f"+{digits}" if written.startswith("+") else digits


def _readable(text: str) -> str:
    shown = (c for c in text if unicodedata.category(c) != "Cf")
    plain = unicodedata.normalize("NFKC", "".join(shown)).strip()
    return re.sub(r"\d", lambda digit: str(int(digit[0])), plain)


def tail(number: str) -> str:
    """The last digits, by which two ways to write a number are the same.

    >>> tail("+3225551234"), tail("0032 2 555 12 34"), tail("02/555.12.34 ext. 12")
    ('225551234', '225551234', '025551234')

    It ends at the first letter or sign of an extension after its first digit, and short
    numbers are all tail:

    >>> tail("tel. 204"), tail("hello"), tail("1234567890,,5")
    ('204', '', '234567890')
    """
    written = re.match(r"[^0-9]*[0-9][^a-zA-Z#;,]*", number)
    digits = re.sub(r"[^0-9]", "", written[0]) if written else ""
    return digits[-TAIL_DIGITS:]

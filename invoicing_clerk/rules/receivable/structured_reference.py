"""Structured payment references: numbers with check digits that banks carry whole.

The same formats as Odoo's ``account.tools.structured_reference``, for text that has
been squeezed to letters and digits.
"""

from __future__ import annotations

from stdnum import iso11649, luhn

# Check digits make a digits-only number a reference from this length on: one in ten
# shorter numbers would pass by chance, and shorter ones are often something else.
MIN_DIGITS = 10
FINNISH = (7, 3, 1)
DUTCH = (2, 4, 8, 5, 10, 9, 7, 3, 6, 1)


def is_structured(reference: str) -> bool:
    """Return whether a reference has valid check digits of a known format.

    ISO 11649, Belgium, Finland, Norway and Sweden, the Netherlands and Slovenia:

    >>> [is_structured(each) for each in (
    ...     "RF18 5390 0754 7034", "+++090/9337/55493+++", "2004 0000 0012 346",
    ...     "12345678903", "1234 5678 9012 3452", "SI01 123-4567-89016")]
    [True, True, True, True, True, True]

    One wrong digit is noticed, and short numbers are not references:

    >>> [is_structured(each) for each in (
    ...     "RF18 5390 0754 7035", "+++090/9337/55494+++", "INV/2026/00042",
    ...     "1234567", "", "2026-03-01")]
    [False, False, False, False, False, False]
    """
    text = squeezed(reference)
    if text.startswith("rf"):
        return bool(iso11649.is_valid(text.upper()))
    if text.startswith("si01"):
        return text[4:].isdigit() and _is_slovenian(text[4:])
    if not text.isdecimal() or not text.isascii() or len(text) < MIN_DIGITS:
        return False
    return _is_belgian(text) or is_national(text)


def is_national(digits: str) -> bool:
    """Return whether digits are a Finnish, Scandinavian or Dutch reference.

    >>> is_national("20040000001234"), is_national("12345678903")
    (False, True)
    """
    return _is_finnish(digits) or bool(luhn.is_valid(digits)) or _is_dutch(digits)


def squeezed(text: str) -> str:
    """Return the letters and digits of a text, in lower case.

    >>> squeezed("+++090/9337/55493+++"), squeezed("RF18 5390"), squeezed("")
    ('090933755493', 'rf185390', '')
    """
    return "".join(filter(str.isalnum, text)).lower()


def _is_belgian(digits: str) -> bool:
    return len(digits) == 12 and int(digits[:10]) % 97 == int(digits[10:]) % 97


def _is_finnish(digits: str) -> bool:
    if len(digits) > 20:
        return False
    total = sum(
        FINNISH[index % 3] * int(digit) for index, digit in enumerate(digits[-2::-1])
    )
    return -total % 10 == int(digits[-1])


def _is_dutch(digits: str) -> bool:
    if len(digits) > 16 or len(digits) == 15:
        return False
    total = sum(
        int(digit) * DUTCH[index % 10] for index, digit in enumerate(digits[:0:-1])
    )
    check = 11 - total % 11
    return {11: 0, 10: 1}.get(check, check) == int(digits[0])


def _is_slovenian(digits: str) -> bool:
    if not 2 <= len(digits) <= 13:
        return False
    total = sum(
        int(digit) * weight for weight, digit in enumerate(digits[-2::-1], start=2)
    )
    check = 11 - total % 11
    return {10: 0, 11: 0}.get(check, check) == int(digits[-1])

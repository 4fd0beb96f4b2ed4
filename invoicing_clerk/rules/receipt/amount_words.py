"""Amounts in words, as they stand on receipts and checks."""

from __future__ import annotations

from decimal import Decimal

from num2words import num2words  # type: ignore[import-untyped]

# Languages and currencies whose names num2words has with the right forms. For others
# it raises errors, or names another currency (euros become riyals in Arabic).
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt")
CURRENCIES = ("EUR", "GBP", "USD")
ENGLISH = "en"


def amount_in_words(amount: Decimal, currency: str, decimals: int, lang: str) -> str:
    """Return an amount in words, in the language closest to the one wanted.

    Currencies whose name is not known in the language keep their code, and the part
    after the point is written as a fraction, as on checks.

    :param amount: in units of the currency, not negative
    :param currency: ISO code
    :param decimals: of the currency
    :param lang: code of a language as Odoo has it, such as ``fr_BE``

    >>> amount_in_words(Decimal("1234.56"), "USD", 2, "en_US")
    'One thousand, two hundred and thirty-four dollars, fifty-six cents'
    >>> amount_in_words(Decimal("1.01"), "EUR", 2, "fr_FR")
    'Un euro et un centime'
    >>> amount_in_words(Decimal("1234.5"), "CHF", 2, "de_CH")
    'Eintausendzweihundertvierunddreißig 50/100 CHF'
    >>> amount_in_words(Decimal("7.125"), "KWD", 3, "ar_001")
    'Seven 125/1000 KWD'
    >>> amount_in_words(Decimal("1200"), "JPY", 0, "ja_JP")
    'One thousand, two hundred JPY'

    So do currencies that have been given other decimals, and those not tried:

    >>> amount_in_words(Decimal("2.005"), "EUR", 3, "en_US")
    'Two 005/1000 EUR'
    >>> amount_in_words(Decimal("2"), "SEK", 2, "en_US")
    'Two 00/100 SEK'
    """
    language = lang if lang[:2] in LANGUAGES else ENGLISH
    named = None
    if currency in CURRENCIES and decimals == 2:
        named = _with_name(amount, currency, language)
    return _capitalized(named or _with_code(amount, currency, decimals, language))


def _with_name(amount: Decimal, currency: str, language: str) -> str | None:
    """Return an amount with the name of its currency, or None if there is none.

    Some variants of a language have no names of currencies, or no such option.
    """
    try:
        return str(num2words(amount, lang=language, to="currency", currency=currency))
    except (NotImplementedError, TypeError):
        return None


def _with_code(amount: Decimal, currency: str, decimals: int, language: str) -> str:
    """Return an amount with the code of its currency, and a fraction in digits."""
    whole, rest = divmod(amount, 1)
    words = num2words(int(whole), lang=language)
    if not decimals:
        return f"{words} {currency}"
    scale = 10**decimals
    fraction = f"{int((rest * scale).to_integral_value()):0{decimals}d}/{scale}"
    return f"{words} {fraction} {currency}"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]

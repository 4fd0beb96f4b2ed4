"""Texts of a check: the amount in figures and written out, and the date.

The bank reads them, so that they are in a language of its country and not in that of
the user who prints them.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from num2words import num2words  # type: ignore[import-untyped]

# Languages in which banks of a country pay checks, the usual one first. Elsewhere the
# payee's language counts.
BANK_LANGUAGES = {
    "AU": ("en",),
    "BE": ("nl", "fr", "de"),
    "CA": ("en", "fr"),
    "CH": ("de", "fr", "it"),
    "DE": ("de",),
    "ES": ("es",),
    "FR": ("fr",),
    "GB": ("en",),
    "IE": ("en",),
    "IT": ("it",),
    "MX": ("es",),
    "NZ": ("en",),
    "PR": ("en", "es"),
    "PT": ("pt",),
    "US": ("en",),
}
# What a currency is called on checks of its own country; elsewhere its code is clear.
UNITS = {
    ("AU", "AUD"): "dollars",
    ("CA", "CAD"): "dollars",
    ("GB", "GBP"): "pounds",
    ("NZ", "NZD"): "dollars",
    ("PR", "USD"): "dollars",
    ("US", "USD"): "dollars",
}
ENGLISH = "en"
PADDING = "***"


def check_language(country: str | None, payee: str | None) -> str:
    """Return the language of a check, as a code of two letters.

    :param country: ISO code of the country of the bank
    :param payee: language of the payee as Odoo has it

    >>> check_language("US", "fr_FR"), check_language("CA", "fr_CA")
    ('en', 'fr')
    >>> check_language("CA", "de_DE"), check_language("BR", "pt_BR")
    ('en', 'pt')
    >>> check_language(None, None)
    'en'
    """
    wanted = (payee or ENGLISH)[:2]
    languages = BANK_LANGUAGES.get(country or "", (wanted,))
    return wanted if wanted in languages else languages[0]


def english_words(
    amount: Decimal, currency: str, decimals: int, country: str | None
) -> str:
    """Return the legal amount of a check in English.

    :param amount: in units of the currency
    :param currency: ISO code
    :param decimals: of the currency
    :param country: ISO code of the country of the bank

    >>> english_words(Decimal("1234.56"), "USD", 2, "US")
    'One thousand two hundred thirty-four and 56/100 dollars'
    >>> english_words(Decimal("0.07"), "USD", 2, "US")
    'Zero and 07/100 dollars'
    >>> english_words(Decimal("1000000"), "CAD", 2, "US")
    'One million and 00/100 CAD'
    >>> english_words(Decimal("101"), "JPY", 0, "US")
    'One hundred one JPY'
    """
    whole, rest = divmod(amount, 1)
    words = str(num2words(int(whole), lang=ENGLISH))
    words = words.replace(" and ", " ").replace(",", "")
    unit = UNITS.get((country or "", currency), currency)
    words = words[:1].upper() + words[1:]
    if not decimals:
        return f"{words} {unit}"
    scale = 10**decimals
    return f"{words} and {int(rest * scale):0{decimals}d}/{scale} {unit}"


def figures(amount: Decimal, decimals: int, language: str) -> str:
    """Return an amount in figures, padded so that no digit can be put before it.

    >>> figures(Decimal("1234.56"), 2, "en"), figures(Decimal("1234567"), 0, "en")
    ('***1,234.56', '***1,234,567')
    >>> figures(Decimal("1234.5"), 2, "fr")
    '***1 234,50'
    """
    text = f"{amount:,.{decimals}f}"
    if language != ENGLISH:
        text = text.replace(",", " ").replace(".", ",")
    return PADDING + text


def date_text(date: datetime.date, country: str | None) -> str:
    """Return a date as checks of a country have it.

    >>> date_text(datetime.date(2026, 1, 5), "US"), date_text(
    ...     datetime.date(2026, 1, 5), "CA"
    ... )
    ('01/05/2026', '2026-01-05')
    """
    return date.strftime("%m/%d/%Y" if country in ("US", "PR") else "%Y-%m-%d")

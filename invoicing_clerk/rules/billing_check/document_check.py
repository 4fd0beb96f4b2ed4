"""Judgement on one document: tax, exchange rate and missing parts of an address."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal


def tax_tolerance(lines: int, unit: Decimal = Decimal("0.01")) -> Decimal:
    """Return how far a tax may be from base × rate, as each line may be rounded.

    >>> tax_tolerance(1), tax_tolerance(9)
    (Decimal('0.010'), Decimal('0.050'))
    """
    return unit / 2 * (1 + lines)


def is_tax_wrong(base: Decimal, percent: Decimal, tax: Decimal, lines: int = 1) -> bool:
    """Return whether a tax is not what the rate gives.

    >>> hundred, ten = Decimal(100), Decimal(10)
    >>> [is_tax_wrong(hundred, ten, Decimal(tax)) for tax in ("10", "10.01", "10.011")]
    [False, False, True]
    >>> is_tax_wrong(-hundred, ten, -ten), is_tax_wrong(-hundred, ten, ten)
    (False, True)
    """
    return abs(base * percent / 100 - tax) > tax_tolerance(lines)


def is_rate_wrong(
    found: Decimal, expected: Collection[Decimal], percent: Decimal = Decimal(1)
) -> bool:
    """Return whether a rate deviates from all that were right when it was used.

    >>> two = Decimal(2)
    >>> is_rate_wrong(two, [two]), is_rate_wrong(Decimal("2.02"), [two])
    (False, False)
    >>> is_rate_wrong(Decimal("2.0201"), [two]), is_rate_wrong(Decimal("1.97"), [two])
    (True, True)
    >>> is_rate_wrong(two, [Decimal(3), two])
    False
    """
    return all(abs(found / each - 1) > percent / 100 for each in expected)


def missing_parts(
    street: str,
    postcode: str,
    city: str,
    country: str,
    needs_postcode: bool = True,
) -> list[str]:
    """Return what an invoice address lacks (EU VAT Directive, art. 226(5)).

    >>> missing_parts("Elm Street 1", "9000", "Ghent", "BE")
    []
    >>> missing_parts("", " ", "Ghent", "")
    ['street', 'zip', 'country_id']
    >>> missing_parts("1 Main Road", "", "Nassau", "BS", needs_postcode=False)
    []
    """
    parts = {"street": street, "zip": postcode, "city": city, "country_id": country}
    if not needs_postcode:
        del parts["zip"]
    return [name for name, value in parts.items() if not value.strip()]

"""What of a customer's data cannot be right."""

from __future__ import annotations

from stdnum import get_cc_module

# Says that somebody has no tax number, as Odoo has it.
NOT_SUBJECT = "/"

# Prefixes of tax numbers that are no country code (EU VAT Directive, art. 215).
PREFIXES = {"EL": "GR", "XI": "GB"}


def is_doubtful(number: str | None, country_code: str | None) -> bool:
    """Whether a tax number is none of its country, nor of the one that it names.

    Format and check digits count, as python-stdnum knows them; whether the number was
    ever given out does not. Of a country without known rules nothing is doubted.

    >>> is_doubtful("BE0477472701", "BE"), is_doubtful("BE0477472702", "BE")
    (False, True)
    >>> is_doubtful("0477472701", "BE"), is_doubtful("12345", None)
    (False, False)

    A company may be registered for tax abroad:

    >>> is_doubtful("DE123456788", "FR"), is_doubtful("EL123456783", "DE")
    (False, False)
    >>> is_doubtful("/", "BE"), is_doubtful("", "BE"), is_doubtful("?", "BE")
    (False, False, True)
    """
    number = (number or "").strip()
    if not number or number == NOT_SUBJECT:
        return False
    prefix = number[:2].upper()
    codes = {country_code or "", PREFIXES.get(prefix, prefix)}
    checks = [check for code in sorted(codes) if (check := _check_of(code))]
    return bool(checks) and not any(check.is_valid(number) for check in checks)


def _check_of(code: str):  # type: ignore[no-untyped-def]
    return get_cc_module(code.lower(), "vat") if code.isalpha() else None

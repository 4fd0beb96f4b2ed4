"""Checks of customers' master data."""

from __future__ import annotations

from stdnum import get_cc_module

# Odoo's mark of a partner without a tax ID.
NOT_SUBJECT = "/"

# Prefixes of tax IDs that differ from the country code (EU VAT Directive, art. 215).
PREFIXES = {"EL": "GR", "XI": "GB"}


def is_doubtful(number: str | None, country_code: str | None) -> bool:
    """Return True for a tax ID invalid in its country and in the one that it names.

    Format and check digits are checked as by python-stdnum, not whether the number was
    ever issued. Numbers of a country without known rules pass.

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

"""Exemption certificates: their states, and the invoices that they cover.

The SQL that looks for the certificate of an invoice says the same: the test suite
compares both.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from ..lifecycle import Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("submitted", "To Review"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "request": Step(("draft",), (), "clerk"),
        "submit": Step(("draft",), "submitted", "clerk"),
        "accept": Step(("submitted",), "accepted", "supervisor"),
        "reject": Step(("submitted", "accepted"), "rejected", "supervisor"),
        "renew": Step(("accepted", "rejected"), (), "clerk"),
    },
)
REASONS = [
    ("resale", "Resale"),
    ("government", "Government"),
    ("charity", "Charity"),
    ("agriculture", "Agriculture"),
    ("manufacturing", "Manufacturing"),
    ("education", "Education"),
    ("other", "Other"),
]
VALIDITIES = [
    ("none", "Not Accepted"),
    ("future", "Not Yet Valid"),
    ("valid", "Valid"),
    ("expiring", "Expiring"),
    ("expired", "Expired"),
]
# Certificates that come later do not cover a sale. It is the time of the Streamlined
# Sales Tax in the United States, used for all countries.
LATE_DAYS = 90
EXPIRING_DAYS = 60


@dataclass(frozen=True)
class Certificate:
    """The scope of an accepted certificate.

    :param states: empty for the whole country
    :param order: number of the one purchase order or invoice; empty for all purchases
    """

    country: str
    valid_from: date
    received_on: date
    valid_to: date | None = None
    states: Collection[str] = ()
    order: str = ""


def covers(
    certificate: Certificate,
    day: date,
    country: str,
    state: str = "",
    numbers: Collection[str] = (),
) -> bool:
    """Return whether a certificate covers an invoice.

    :param day: the invoice date
    :param country: where the goods are delivered
    :param numbers: number of the invoice and of the purchase order

    >>> new_year = date(2026, 1, 1)
    >>> texas = Certificate("US", new_year, new_year, date(2026, 12, 31), {"TX"})
    >>> covers(texas, date(2026, 12, 31), "US", "TX")
    True
    >>> covers(texas, date(2027, 1, 1), "US", "TX"), covers(texas, new_year, "US", "OK")
    (False, False)
    >>> covers(texas, new_year, "CA", "TX")
    False

    Without states, it covers the country; a single-purchase one its purchase only:

    >>> single = Certificate("US", new_year, new_year, order="PO 7")
    >>> covers(single, new_year, "US", "OK", {"INV/1", "PO 7"})
    True
    >>> covers(single, new_year, "US", "OK", {"INV/1"})
    False

    It may come up to 90 days after the sale:

    >>> late = Certificate("US", new_year, date(2026, 4, 2))
    >>> covers(late, date(2026, 1, 2), "US"), covers(late, new_year, "US")
    (True, False)
    """
    if not certificate.valid_from <= day <= (certificate.valid_to or date.max):
        return False
    if certificate.received_on > day + timedelta(LATE_DAYS):
        return False
    if certificate.order and certificate.order not in numbers:
        return False
    return certificate.country == country and (
        not certificate.states or state in certificate.states
    )


def validity(
    state: str, valid_from: date | None, valid_to: date | None, today: date
) -> str:
    """Return how a certificate can be used today.

    >>> start, end = date(2026, 1, 1), date(2026, 12, 31)
    >>> days = date(2025, 12, 31), start, date(2026, 11, 1), end, date(2027, 1, 1)
    >>> [validity("accepted", start, end, day) for day in days]
    ['future', 'valid', 'valid', 'expiring', 'expired']
    >>> validity("accepted", start, end, date(2026, 11, 2))
    'expiring'
    >>> validity("accepted", start, None, end), validity("rejected", start, end, start)
    ('valid', 'none')
    """
    if state != "accepted":
        return "none"
    if valid_from and today < valid_from:
        return "future"
    if valid_to is None:
        return "valid"
    if today > valid_to:
        return "expired"
    return "expiring" if valid_to - today < timedelta(EXPIRING_DAYS) else "valid"

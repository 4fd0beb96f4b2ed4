"""Remedies for a payment that is short of the items that it names."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

# What may be done: each is proposed, and none is done before a person says so.
REMEDIES = ("discount", "write_off", "deduction", "partial")


def remedies(short: Decimal, limit: Decimal, notes: Collection[str]) -> tuple[str, ...]:
    """Return what may be done about what is missing, the most likely first.

    A discount that was taken late, or an amount within the limit, such as the fee of a
    bank; everything else is a deduction, which becomes a billing error, or the item
    stays open in part:

    >>> remedies(Decimal(2), Decimal(5), ["short", "late_discount"])
    ('discount', 'deduction', 'partial')
    >>> remedies(Decimal(2), Decimal(5), ["short"])
    ('write_off', 'deduction', 'partial')
    >>> remedies(Decimal(5), Decimal(5), ["short"])
    ('write_off', 'deduction', 'partial')
    >>> remedies(Decimal("5.01"), Decimal(5), ["short"])
    ('deduction', 'partial')
    >>> remedies(Decimal("0.01"), Decimal(0), []), remedies(Decimal(0), Decimal(5), [])
    (('deduction', 'partial'), ())
    """
    if short <= 0:
        return ()
    if "late_discount" in notes:
        return "discount", "deduction", "partial"
    if short <= limit:
        return "write_off", "deduction", "partial"
    return "deduction", "partial"

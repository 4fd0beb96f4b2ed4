"""Amounts that customers type into a page."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

LARGEST = Decimal(10) ** 13


def parse_amount(text: str) -> Decimal | None:
    """Return the amount that a customer typed; None for an empty field.

    >>> parse_amount(" 1234.50 "), parse_amount("-3"), parse_amount("")
    (Decimal('1234.50'), Decimal('-3'), None)
    >>> parse_amount("9999999999999")
    Decimal('9999999999999')
    >>> for text in ("1,5", "10000000000000", "nan", "1e9999999"):
    ...     try:
    ...         parse_amount(text)
    ...     except ValueError as error:
    ...         print("refused:", error)
    refused: 1,5
    refused: 10000000000000
    refused: nan
    refused: 1e9999999

    :raises ValueError: it is not a number, or too large for a ledger
    """
    text = text.strip()
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not amount.is_finite() or amount.copy_abs() >= LARGEST:
        raise ValueError(text)
    return amount

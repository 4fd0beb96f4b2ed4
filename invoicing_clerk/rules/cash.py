"""Notes and coins of currencies."""

from __future__ import annotations

from decimal import Decimal

# Notes and coins that are in use, the largest first.
DENOMINATIONS = {
    "AUD": "100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "BRL": "200 100 50 20 10 5 2 1 0.50 0.25 0.10 0.05",
    "CAD": "100 50 20 10 5 2 1 0.25 0.10 0.05",
    "CHF": "1000 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05",
    "CNY": "100 50 20 10 5 1 0.50 0.10",
    "CZK": "5000 2000 1000 500 200 100 50 20 10 5 2 1",
    "DKK": "1000 500 200 100 50 20 10 5 2 1 0.50",
    "EUR": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "GBP": "50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "HUF": "20000 10000 5000 2000 1000 500 200 100 50 20 10 5",
    "INR": "500 200 100 50 20 10 5 2 1",
    "JPY": "10000 5000 2000 1000 500 100 50 10 5 1",
    "MXN": "1000 500 200 100 50 20 10 5 2 1 0.50",
    "NOK": "1000 500 200 100 50 20 10 5 1",
    "NZD": "100 50 20 10 5 2 1 0.50 0.20 0.10",
    "PLN": "500 200 100 50 20 10 5 2 1 0.50 0.20 0.10 0.05 0.02 0.01",
    "SEK": "1000 500 200 100 50 20 10 5 2 1",
    "USD": "100 50 20 10 5 2 1 0.50 0.25 0.10 0.05 0.01",
    "ZAR": "200 100 50 20 10 5 2 1 0.50 0.20 0.10",
}


def denominations(currency: str) -> list[Decimal]:
    """Return the usual notes and coins of a currency, the largest first.

    >>> [str(each) for each in denominations("CAD")][:3]
    ['100', '50', '20']

    Others are entered by hand:

    >>> denominations("XAU")
    []
    """
    return [Decimal(each) for each in DENOMINATIONS.get(currency, "").split()]

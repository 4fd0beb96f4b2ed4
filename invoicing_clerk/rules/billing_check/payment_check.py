"""Open instalments after a payment: early payment discount, rounding, short payment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

# A number or reference in a text, with the characters that may be in one.
TOKEN = re.compile(r"[0-9a-z]+(?:[/._-]+[0-9a-z]+)*")


@dataclass(frozen=True)
class Instalment:
    """An instalment of an invoice, paid in part.

    :param amount: the amount due, with a possible discount still included
    :param paid: received by payments; ``credited``: settled by credit notes
    :param discounted: the amount that settles it until ``discount_day``, if any
    """

    amount: Decimal
    paid: Decimal
    last_paid: date
    due: date
    credited: Decimal = Decimal(0)
    discounted: Decimal | None = None
    discount_day: date | None = None

    @property
    def open(self) -> Decimal:
        return self.amount - self.paid - self.credited

    @property
    def took_discount(self) -> bool:
        """Return whether exactly the discount was deducted from what was paid.

        >>> all, day = Decimal(100), date(2026, 3, 1)
        >>> Instalment(all, all, day, day, discounted=all).took_discount
        False
        """
        return (
            self.discounted is not None
            and not self.credited
            and self.paid == self.discounted
            and self.open > 0
        )


def verdict(
    item: Instalment, today: date, small: Decimal = Decimal(1), days: int = 0
) -> str | None:
    """Return the code of the check that an instalment fails, if any.

    :param small: an open amount up to this is a rounding difference
    :param days: days after the due date until which nothing is said

    >>> day = date(2026, 3, 1)
    >>> def item(paid, **values):
    ...     row = {"amount": Decimal(100), "last_paid": day, "due": day, **values}
    ...     return Instalment(paid=Decimal(paid), **row)
    >>> two = {"discounted": Decimal(98), "discount_day": day}
    >>> verdict(item(98, **two), day), verdict(item(97, **two), day + timedelta(1))
    ('EPD', 'SHORT')

    Deducted too late, the discount is not earned, whether or not the rest is due:

    >>> verdict(item(98, **two, due=date(2026, 4, 1), last_paid=date(2026, 3, 2)), day)
    'SHORT'

    Small amounts, and nothing paid or nothing open:

    >>> [verdict(item(each), day) for each in ("98.50", "99", "99.99", "100", "0")]
    [None, 'ROUND', 'ROUND', None, None]
    >>> half = Decimal("99.50")
    >>> verdict(item(half, discounted=half, discount_day=day), day)
    'EPD'

    The rest is not due yet, or was credited:

    >>> late = day + timedelta(1)
    >>> verdict(item(60), day), verdict(item(60), late), verdict(item(60), late, days=1)
    (None, 'SHORT', None)
    >>> verdict(item(1), late)
    'SHORT'
    >>> verdict(item(60, credited=Decimal(40)), late)
    >>> verdict(item(0, credited=Decimal(40)), late)
    """
    if item.paid <= 0 or item.open <= 0:
        return None
    if item.took_discount and item.discount_day is not None:
        return "EPD" if item.last_paid <= item.discount_day else "SHORT"
    if item.open <= small:
        return "ROUND"
    return "SHORT" if today > item.due + timedelta(days=days) else None


def tokens(text: str) -> set[str]:
    """Return the references that a text may name, in lower case.

    Several may be joined by a hyphen, as references may have one themselves:

    >>> sorted(tokens("Inv. INV/2026/0004, INV/2026/0005-INV/2026/0007"))
    ... # doctest: +NORMALIZE_WHITESPACE
    ['inv', 'inv/2026/0004', 'inv/2026/0005', 'inv/2026/0005-inv/2026/0007',
     'inv/2026/0007']
    """
    joined = set(TOKEN.findall(text.lower()))
    return joined | {part for each in joined for part in each.split("-") if part}

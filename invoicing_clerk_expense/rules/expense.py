"""Expenses that are charged on to customers."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

METHODS = [("cost", "At Cost"), ("markup", "With Mark-up")]
STATES = [
    ("none", "Not Charged On"),
    ("pending", "Awaiting Approval"),
    ("to_bill", "To Bill"),
    ("billed", "Billed"),
    ("waived", "Waived"),
    ("order", "Billed by Order"),
]
# An expense that is charged to a customer is in exactly one of them.
BILLABLE = ("to_bill", "billed", "waived")
# States of expenses that somebody has approved.
APPROVED = ("approved", "posted", "in_payment", "paid")
# States of expenses that were submitted, and not refused.
SUBMITTED = ("submitted", *APPROVED)
# Characters of an employee's text on an invoice line.
FIRST_WORDS = 80


class Facts(NamedTuple):
    """The facts about an expense that decide who bills it."""

    has_customer: bool
    is_approved: bool
    is_billed: bool = False
    is_waived: bool = False
    has_order: bool = False


def charge_state(facts: Facts) -> str:
    """Return the state of an expense: it is billed by an invoice or by its order.

    >>> charge_state(Facts(has_customer=True, is_approved=True))
    'to_bill'
    >>> charge_state(Facts(has_customer=False, is_approved=True))
    'none'
    >>> charge_state(Facts(has_customer=True, is_approved=False))
    'pending'

    An order bills its expenses when they are posted, so that nobody else does:

    >>> charge_state(Facts(True, True, has_order=True))
    'order'

    Whatever has been billed stays so, until the invoice is cancelled or credited:

    >>> charge_state(Facts(True, True, is_billed=True, has_order=True))
    'billed'
    >>> charge_state(Facts(True, True, is_waived=True))
    'waived'
    """
    if facts.is_billed:
        return "billed"
    if facts.has_order:
        return "order"
    if not facts.has_customer:
        return "none"
    if not facts.is_approved:
        return "pending"
    return "waived" if facts.is_waived else "to_bill"


def charged(cost: Decimal, markup: Decimal, places: int) -> Decimal:
    """Return the price of an expense for a customer.

    :param markup: in percent of the cost
    :param places: decimal places of the currency

    >>> charged(Decimal("80.00"), Decimal("12.5"), 2)
    Decimal('90.00')
    >>> charged(Decimal("0.30"), Decimal(50), 2), charged(Decimal("9.9"), Decimal(0), 2)
    (Decimal('0.45'), Decimal('9.90'))
    >>> charged(Decimal("10.01"), Decimal(5), 2), charged(Decimal(1250), Decimal(3), 0)
    (Decimal('10.51'), Decimal('1288'))
    >>> charged(Decimal(1), Decimal("-0.5"), 2)
    Traceback (most recent call last):
    ValueError: a mark-up cannot be negative
    """
    if markup < 0:
        raise ValueError("a mark-up cannot be negative")
    price = cost * (1 + markup / 100)
    return price.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def first_words(text: str, most: int = FIRST_WORDS) -> str:
    """Return the first line of a text, cut between two words if it is long.

    >>> first_words("  Dinner with\\tAcme\\nfour people ")
    'Dinner with Acme'
    >>> first_words("Hotel in Antwerp and breakfast", 18)
    'Hotel in Antwerp…'
    >>> first_words("Hotel in Rome and Bari", 12), first_words("Hotel in Rome", 13)
    ('Hotel in…', 'Hotel in Rome')
    >>> first_words("Hotel in Rome and Bari", 13)
    'Hotel in Rome…'
    >>> first_words("Donaudampfschifffahrt", 5), first_words("")
    ('Donau…', '')
    >>> first_words("x" * 80)[-1], first_words("x" * 81)[-1]
    ('x', '…')
    """
    first = next(iter(text.strip().splitlines()), "")
    words = " ".join(first.split())
    if len(words) <= most:
        return words
    cut = words[: most + 1].rsplit(" ", 1)[0]
    return f"{cut[:most]}…"


def is_credited(billed: Decimal, credits: Iterable[Decimal]) -> bool:
    """Return whether credit notes give all of a line back, and not just a part.

    >>> is_credited(Decimal(100), [Decimal(60), Decimal(40)])
    True
    >>> is_credited(Decimal(100), [Decimal(60)]), is_credited(Decimal(100), [])
    (False, False)
    >>> is_credited(Decimal(0), [])
    False
    """
    given = list(credits)
    return bool(given) and sum(given) >= billed

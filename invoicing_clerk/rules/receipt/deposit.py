"""Bank deposits: their life, and what the bank credits.

Checks and cash are listed on a slip, taken to the bank, and credited some days later.
Until then they are on hand: what was received is always what was deposited and what is
on hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..lifecycle import Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("deposited", "Deposited"),
    ("confirmed", "Confirmed"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "deposit": Step(("draft",), "deposited", "clerk"),
        "confirm": Step(("deposited",), "confirmed", "clerk"),
        # Some banks return the slip later than the credit.
        "add_copy": Step(("confirmed",), role="clerk"),
        "reset": Step(("deposited",), "draft", "clerk"),
        "cancel": Step(("draft",), "cancelled", "clerk"),
    },
)
# States in which the slip is final.
AT_BANK = ("deposited", "confirmed")

# What a slip can list, and a bank counts at once.
MAX_PAYMENTS = 1_000


@dataclass(frozen=True)
class Item:
    """A payment on a slip: a check has a number, cash has none."""

    amount: Decimal
    number: str = ""

    @property
    def is_cash(self) -> bool:
        return not self.number.strip()


@dataclass(frozen=True)
class Totals:
    """The totals of a slip."""

    check_count: int
    checks: Decimal
    cash: Decimal

    @property
    def total(self) -> Decimal:
        return self.checks + self.cash


def totals(items: Iterable[Item]) -> Totals:
    """Return the totals of checks and cash.

    >>> totals([Item(Decimal("50.00"), "1047"), Item(Decimal("20.00"), " ")])
    Totals(check_count=1, checks=Decimal('50.00'), cash=Decimal('20.00'))
    >>> totals([]).total, totals([Item(Decimal(5), "1"), Item(Decimal(2))]).total
    (Decimal('0'), Decimal('7'))
    """
    checks: list[Decimal] = []
    cash: list[Decimal] = []
    for item in items:
        (cash if item.is_cash else checks).append(item.amount)
    return Totals(len(checks), sum(checks, Decimal(0)), sum(cash, Decimal(0)))


def bank_amount(credited: Decimal, total: Decimal, booked: Decimal) -> Decimal:
    """Return what is debited to the bank account when a deposit is confirmed.

    Usually the amount credited. What was booked before, such as a check that an
    accountant reconciled with the statement, is not debited again:

    >>> bank_amount(Decimal(95), Decimal(100), Decimal(0))
    Decimal('95')
    >>> bank_amount(Decimal(95), Decimal(100), Decimal(30))
    Decimal('65')

    If all was booked before, nothing is left to book, not even a difference:

    >>> bank_amount(Decimal(95), Decimal(100), Decimal(100))
    Decimal('0')
    """
    return Decimal(0) if booked == total else credited - booked

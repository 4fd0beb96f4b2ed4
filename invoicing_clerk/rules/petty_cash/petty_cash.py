"""Petty cash on the imprest system: a fixed fund, out of which small expenses are paid.

At any moment, what is in the box and what has been paid out of it are the fund. It is
replenished by exactly what was paid out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from ..lifecycle import Lifecycle, Step

KINDS = [
    ("petty", "Petty Cash"),
    ("replenish", "Replenishment of Petty Cash"),
]
# What a voucher is settled by differs for these kinds: they have no open items.
VOUCHER_STEPS = {
    "pay_out": Step(("draft",), "paid", "custodian"),
    "void": Step(("paid",), ("approved", "cancelled"), "supervisor"),
}

COUNT_STATES = [("draft", "Draft"), ("booked", "Booked")]
COUNT_LIFECYCLE = Lifecycle(COUNT_STATES, {"book": Step(("draft",), "booked", "clerk")})


@dataclass(frozen=True)
class Box:
    """A box and its contents, all amounts in its currency.

    :param fund: what was paid into the box to stay there
    :param cash: what is in the box according to the books
    :param paid_out: vouchers that were paid out and are not replenished yet
    :param short: what counts found missing and is not replenished yet; negative where
        they found more

    >>> box = Box(Decimal(500), Decimal(380), Decimal(115), Decimal(5))
    >>> box.unexplained, box.to_replenish
    (Decimal('0'), Decimal('120'))

    An entry that somebody made on the account of the box is neither:

    >>> Box(Decimal(500), Decimal(370), Decimal(115), Decimal(5)).unexplained
    Decimal('-10')
    """

    fund: Decimal
    cash: Decimal
    paid_out: Decimal
    short: Decimal

    @property
    def to_replenish(self) -> Decimal:
        return self.paid_out + self.short

    @property
    def unexplained(self) -> Decimal:
        return self.cash + self.to_replenish - self.fund


def replenishment(
    paid_out: Iterable[Decimal], short: Iterable[Decimal], increase: Decimal
) -> Decimal:
    """Return what is paid into a box: its vouchers, what is missing, and any increase.

    >>> replenishment([Decimal(80), Decimal(35)], [Decimal(5), Decimal(-1)], Decimal(0))
    Decimal('119')
    >>> replenishment([], [], Decimal(500))
    Decimal('500')
    """
    return sum(paid_out, start=sum(short, start=increase))

"""Judgement of what was billed of an order line, by what was shipped and returned.

The SQL of the checks says the same: the test suite compares both.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple


class Balance(NamedTuple):
    """Quantities of an order line, in its unit of measure.

    ``billed`` is what posted documents bill, less what they credit; ``draft`` the same
    of drafts. Price credits are in neither.
    """

    ordered: Decimal
    shipped: Decimal
    returned: Decimal
    billed: Decimal
    draft: Decimal = Decimal(0)
    by_delivery: bool = True
    is_goods: bool = True


def overbilled(line: Balance) -> Decimal:
    """Return the quantity that was billed and neither shipped nor, by order, ordered.

    Nothing shipped at all is another error, and so are goods that came back.

    >>> def billed(number, **values):
    ...     line = Balance(*map(Decimal, (10, 8, 0, number)))
    ...     return str(overbilled(line._replace(**values)))
    >>> billed(10), billed(8), billed(6), billed(10, returned=Decimal(8))
    ('2', '0', '0', '2')

    Goods that are billed by order can be billed before they are shipped, and what was
    shipped beyond the order can be billed:

    >>> billed(10, by_delivery=False), billed(11, by_delivery=False)
    ('0', '1')
    >>> billed(11, by_delivery=False, shipped=Decimal(11))
    '0'
    >>> billed(10, shipped=Decimal(0)), billed(3, shipped=Decimal(1))
    ('0', '2')
    """
    due = line.shipped if line.by_delivery else max(line.ordered, line.shipped)
    if line.by_delivery and line.shipped <= 0:
        return Decimal(0)
    return max(line.billed - due, Decimal(0))


def undelivered(line: Balance) -> Decimal:
    """Return the quantity of goods that was billed by delivery without any delivery.

    >>> line = Balance(*map(Decimal, (10, 0, 0, 10)))
    >>> def quantity(**values):
    ...     return str(undelivered(line._replace(**values)))
    >>> quantity(), quantity(shipped=Decimal(1)), quantity(by_delivery=False)
    ('10', '0', '0')
    >>> quantity(is_goods=False), quantity(billed=Decimal(0))
    ('0', '0')
    >>> quantity(billed=Decimal(-3))
    '0'
    """
    if line.shipped > 0 or not (line.by_delivery and line.is_goods):
        return Decimal(0)
    return max(line.billed, Decimal(0))


def unreturned(line: Balance) -> Decimal:
    """Return the quantity that was shipped, billed and returned, and not credited.

    >>> def quantity(*numbers, **values):
    ...     return str(unreturned(Balance(*map(Decimal, numbers), **values)))
    >>> quantity(10, 10, 3, 10), quantity(10, 10, 3, 7), quantity(10, 10, 1, 10)
    ('3', '0', '1')
    >>> quantity(10, 10, 0, 10)
    '0'

    Neither replaced goods, nor goods that were not billed:

    >>> quantity(10, 13, 3, 10), quantity(10, 10, 3, 0)
    ('0', '0')

    Draft credit notes settle it, draft invoices do not count, and what was billed too
    much is another error:

    >>> quantity(10, 10, 3, 10, draft=Decimal(-3)), quantity(10, 10, 3, 12)
    ('0', '3')
    >>> quantity(10, 10, 3, 7, draft=Decimal(3))
    '0'
    """
    owed = min(line.billed, line.shipped) + min(line.draft, Decimal(0))
    excess = owed - (line.shipped - line.returned)
    return max(excess, Decimal(0)) if line.returned > 0 else Decimal(0)


def unbilled(line: Balance) -> Decimal:
    """Return the quantity that was delivered and is neither billed nor in a draft.

    >>> def quantity(*numbers, **values):
    ...     return str(unbilled(Balance(*map(Decimal, numbers), **values)))
    >>> quantity(10, 10, 0, 4), quantity(10, 10, 0, 4, Decimal(6))
    ('6', '0')
    >>> quantity(10, 10, 2, 8), quantity(10, 11, 0, 10), quantity(10, 10, 0, 13)
    ('0', '1', '0')

    What is billed by order is billed as ordered:

    >>> quantity(10, 11, 0, 10, by_delivery=False)
    '0'
    """
    delivered = line.shipped - line.returned
    due = delivered if line.by_delivery else min(delivered, line.ordered)
    return max(due - line.billed - line.draft, Decimal(0))

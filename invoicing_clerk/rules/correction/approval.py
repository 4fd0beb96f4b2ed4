"""How much somebody may correct without a second pair of eyes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Limit:
    """A row of the limits: for whom, for which remedy, up to what amount.

    ``user`` is of one person, ``group`` of a group; with neither it is everybody's.
    ``remedy`` empty means any. ``amount`` is in company currency, None without end.
    """

    amount: Decimal | None
    user: int | None = None
    group: int | None = None
    remedy: int | None = None

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        return (self.user is not None, self.group is not None, self.remedy is not None)

    def fits(self, user: int, groups: frozenset[int], remedy: int) -> bool:
        return (
            self.user in (None, user)
            and (self.group is None or self.group in groups)
            and self.remedy in (None, remedy)
        )


def governing_limit(
    limits: Iterable[Limit], user: int, groups: frozenset[int], remedy: int
) -> Limit | None:
    """Find the row that counts: the most specific; of equals, the most generous.

    A person's own row beats a group's, a group's beats everybody's; with the same
    people, a row for the remedy beats a row for any.

    >>> everybody = Limit(Decimal(10))
    >>> rebill, write_off = 6, 7
    >>> write_offs = Limit(Decimal(5), group=3, remedy=write_off)
    >>> clerks = Limit(Decimal(50), group=3)
    >>> mary = Limit(None, user=8)
    >>> rows = [everybody, write_offs, clerks, mary]
    >>> governing_limit(rows, 1, frozenset(), rebill) is everybody
    True
    >>> governing_limit(rows, 1, frozenset({3}), write_off) is write_offs
    True
    >>> governing_limit(rows, 1, frozenset({3}), rebill) is clerks
    True
    >>> governing_limit(rows, 8, frozenset({3}), write_off) is mary
    True
    >>> governing_limit([], 8, frozenset(), rebill) is None
    True
    """
    fitting = [limit for limit in limits if limit.fits(user, groups, remedy)]
    return max(
        fitting,
        key=lambda limit: (
            limit.rank,
            Decimal("Infinity") if limit.amount is None else limit.amount,
        ),
        default=None,
    )


def within(limit: Limit | None, amount: Decimal) -> bool:
    """Tell whether an amount needs no approval. Without a limit every amount does.

    >>> five = Limit(Decimal(5))
    >>> within(five, Decimal(5)), within(five, Decimal("5.01"))
    (True, False)
    >>> within(Limit(None), Decimal(10**9)), within(None, Decimal(0))
    (True, False)
    """
    return limit is not None and (limit.amount is None or amount <= limit.amount)

"""Limits up to which corrections are applied without approval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Limit:
    """A limit: for whom, for which remedy, up to which amount.

    With neither ``user`` nor ``group`` it applies to everybody, without ``remedy`` to
    all remedies. ``amount`` is in company currency; None is unlimited.
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
    """Return the limit that applies: the most specific; of equals, the highest.

    The limit of a person precedes that of a group, which precedes that of everybody;
    for the same people, the limit for a remedy precedes that for all remedies.

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

    Of equally specific limits, the highest applies:

    >>> seven = [Limit(Decimal(5)), Limit(Decimal(7)), Limit(Decimal(6))]
    >>> str(governing_limit(seven, 1, frozenset(), rebill).amount)
    '7'
    >>> governing_limit([Limit(None), *seven], 1, frozenset(), rebill).amount is None
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
    """Return whether an amount needs no approval. Without a limit every amount does.

    >>> five = Limit(Decimal(5))
    >>> within(five, Decimal(5)), within(five, Decimal("5.01"))
    (True, False)
    >>> within(Limit(None), Decimal(10**9)), within(None, Decimal(0))
    (True, False)
    """
    return limit is not None and (limit.amount is None or amount <= limit.amount)

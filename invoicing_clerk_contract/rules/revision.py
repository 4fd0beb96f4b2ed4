"""Price revisions of contracts: new prices by an index or a percentage."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO, HUNDRED = Decimal(0), Decimal(100)

METHODS = [("percent", "Percentage"), ("index", "Index")]
STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting for Approval"),
    ("approved", "Approved"),
    ("refused", "Refused"),
    ("applied", "Applied"),
    ("cancelled", "Cancelled"),
]
LINE_STATES = [
    ("ready", "To Revise"),
    ("unfit", "Cannot Be Revised"),
    ("done", "Revised"),
    ("failed", "Failed"),
]
# More lines of contracts are not revised at once.
MAX_LINES = 5_000


class RevisionError(ValueError):
    """Terms of a revision by which no price can be computed."""


class IndexValueError(RevisionError):
    """An index value is missing, or is not above zero."""


class LimitOrderError(RevisionError):
    """The floor is above the cap."""


class BelowZeroError(RevisionError):
    """A price would be below zero."""


def index_change(base: Decimal, new: Decimal) -> Decimal:
    """Return by how many percent an index has changed.

    >>> index_change(Decimal(100), Decimal("104.2"))
    Decimal('4.200')
    >>> index_change(Decimal(8), Decimal(6))
    Decimal('-25.00')
    >>> index_change(Decimal(0), Decimal(100))  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    IndexValueError: 0
    """
    for value in (base, new):
        if value <= 0:
            raise IndexValueError(str(value))
    return (new / base - 1) * HUNDRED


@dataclass(frozen=True)
class Clause:
    """The clause of a contract by which its prices change.

    :param change: in percent, before cap and floor
    :param cap: the largest change in percent; None for no limit
    :param floor: the smallest change in percent; None for no limit
    :param rounding: prices are multiples of it

    >>> low, high = Decimal(1), Decimal(2)
    >>> Clause(low, low, floor=high)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    ...
    LimitOrderError: 2 > 1
    """

    change: Decimal
    cap: Decimal | None = None
    floor: Decimal | None = None
    rounding: Decimal = Decimal("0.01")

    def __post_init__(self) -> None:
        if self.cap is not None and self.floor is not None and self.floor > self.cap:
            raise LimitOrderError(f"{self.floor} > {self.cap}")

    @property
    def applied(self) -> Decimal:
        """Return the change in percent, within cap and floor.

        >>> six, two = Decimal(6), Decimal(2)
        >>> [str(Clause(Decimal(each), six, two).applied) for each in (7, 3, 1, -9)]
        ['6', '3', '2', '2']
        >>> Clause(Decimal(-9)).applied
        Decimal('-9')
        """
        change = self.change
        if self.cap is not None:
            change = min(change, self.cap)
        if self.floor is not None:
            change = max(change, self.floor)
        return change

    def price(self, old: Decimal) -> Decimal:
        """Return the new price for an old one.

        >>> def price(old, change, rounding="0.01"):
        ...     clause = Clause(Decimal(change), rounding=Decimal(rounding))
        ...     return str(clause.price(Decimal(old)))
        >>> price("49.90", "4.2"), price("49.90", "4.2", "0.05"), price(100, "2.5", 5)
        ('52.00', '52.00', '105')
        >>> price("0.125", 0, "0.01"), price(-20, 10), price(80, -100)
        ('0.13', '-22.00', '0.00')

        A revision never turns a price around:

        >>> price(80, -101)  # doctest: +IGNORE_EXCEPTION_DETAIL
        Traceback (most recent call last):
        ...
        BelowZeroError: 80
        """
        factor = 1 + self.applied / HUNDRED
        if factor < 0:
            raise BelowZeroError(str(old))
        return rounded(old * factor, self.rounding)


def rounded(price: Decimal, step: Decimal) -> Decimal:
    """Return the nearest multiple of a step; half a step away from zero.

    >>> [str(rounded(Decimal(each), Decimal("0.05"))) for each in ("1.024", "1.025")]
    ['1.00', '1.05']
    """
    return (price / step).quantize(Decimal(1), ROUND_HALF_UP) * step

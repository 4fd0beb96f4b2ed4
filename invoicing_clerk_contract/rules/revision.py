"""Price revisions of contracts: new prices by an index or a percentage."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HUNDRED, CENT = Decimal(100), Decimal("0.01")

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


class NoPriceError(RevisionError):
    """A price would be zero or below."""


def index_change(base: Decimal, new: Decimal) -> Decimal:
    """Return by how many percent an index has changed.

    >>> index_change(Decimal(100), Decimal("104.2"))
    Decimal('4.200')
    >>> index_change(Decimal(8), Decimal(6)), index_change(Decimal(1), Decimal("0.5"))
    (Decimal('-25.00'), Decimal('-50.0'))
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
    >>> Clause(high, low, floor=low).applied
    Decimal('1')
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

        >>> def price(old, change, rounding="0.01", **limits):
        ...     limits = {name: Decimal(each) for name, each in limits.items()}
        ...     clause = Clause(Decimal(change), rounding=Decimal(rounding), **limits)
        ...     return str(clause.price(Decimal(old)))
        >>> price("49.90", "4.2"), price("49.90", "4.2", "0.05"), price(100, "2.5", 5)
        ('52.00', '52.00', '105')
        >>> price("0.125", 0, "0.01"), price(-20, 10), price("-0.50", 10), price(0, 5)
        ('0.13', '-22.00', '-0.55', '0.00')
        >>> price("1.50", -50, "0.25")
        '0.75'

        Rounding does not lead beyond cap or floor:

        >>> price("49.90", 5, 1, cap=2), price(-50, 5, "0.5", cap="2.5")
        ('50', '-51.0')
        >>> price(100, 1, 5, floor="2.5"), price(100, 9, 5, floor=2, cap="2.5")
        ('105', '102.50')

        Nor does it turn an increase within a cap into a decrease, or the reverse:

        >>> price("20.50", 5, 1, cap=2), price(47, 2, 5, cap=2)
        ('20.91', '47.94')
        >>> price(48, -9, 5, floor=-2), price("49.90", 0, 1, floor=0)
        ('47.04', '49.90')
        >>> price("20.50", 0, 1, cap=2), price("20.40", "0.5", 1, cap=2)
        ('20.50', '20.50')
        >>> price("20.50", "-0.5", 1, floor=-2)
        '20.40'

        A price remains one:

        >>> for old, change, rounding in (2, 3, 5), (80, -100, 1), (80, -101, 1):
        ...     try:
        ...         price(old, change, rounding)
        ...     except NoPriceError as error:
        ...         print(error)
        0
        0
        -1
        """
        sign = -1 if old < 0 else 1
        new = self._rounded(abs(old))
        if new <= 0 < abs(old):
            raise NoPriceError(str(new))
        return sign * new

    def _rounded(self, old: Decimal) -> Decimal:
        """Return a price above zero, rounded as far as cap and floor allow."""
        exact = old * (1 + self.applied / HUNDRED)
        high = None if self.cap is None else old * (1 + self.cap / HUNDRED)
        low = None if self.floor is None else old * (1 + self.floor / HUNDRED)
        if self.cap is not None or self.floor is not None:
            # A multiple beyond a limit gives way to the next one, which may be on the
            # other side of the old price.
            if self.applied >= 0:
                low = old if low is None else max(low, old)
            if self.applied <= 0:
                high = old if high is None else min(high, old)
        for step in (self.rounding, min(self.rounding, CENT)):
            price = _within(exact, step, low, high)
            if price is not None:
                return price
        return exact


def _within(
    price: Decimal, step: Decimal, low: Decimal | None, high: Decimal | None
) -> Decimal | None:
    """Return the nearest multiple of a step that is within limits; None if none is.

    >>> _within(Decimal(8), Decimal(5), Decimal(6), Decimal(9)) is None
    True
    >>> _within(Decimal(10), Decimal(5), Decimal(10), Decimal(10))
    Decimal('10')
    """
    nearest = rounded(price, step)
    if high is not None and nearest > high:
        nearest -= step
    elif low is not None and nearest < low:
        nearest += step
    too_high = high is not None and nearest > high
    too_low = low is not None and nearest < low
    return None if too_high or too_low else nearest


def rounded(price: Decimal, step: Decimal) -> Decimal:
    """Return the nearest multiple of a step; half a step away from zero.

    >>> [str(rounded(Decimal(each), Decimal("0.05"))) for each in ("1.024", "1.025")]
    ['1.00', '1.05']
    """
    return (price / step).quantize(Decimal(1), ROUND_HALF_UP) * step

"""Open items, and what a payment may apply to them."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from .reference import LOOSE, WHOLE, mention, number_keys, text_keys
from .structured_reference import squeezed

ZERO = Decimal(0)
# Reasons, in the order in which they are tried.
REASONS = ("advice", "named", "order", "balance", "item", "sum", "only", "oldest")
# What a customer has agreed to: payments apply by what they name; also by an amount
# that only one item has; or what names nothing pays the oldest items.
BY_REFERENCE, BY_AMOUNT, OLDEST_FIRST = "reference", "amount", "oldest"
# How sure a proposal is, in percent: by its reason, before anything speaks against it.
CONFIDENCE = {
    "advice": 98,
    "named": 95,
    "order": 85,
    "balance": 80,
    "item": 70,
    "sum": 55,
    "only": 50,
    "oldest": 40,
}


@dataclass(frozen=True)
class Item:
    """An open item: above zero what the customer owes, below zero a credit note.

    ``numbers`` are ours, by which others name it; ``orders`` the customer's own. An
    item that is settled has nothing open: it is known, so that paying it twice is seen.
    """

    key: int
    customer: int
    number: str
    open: Decimal
    currency: str
    due: date
    numbers: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    discounted: Decimal | None = None
    discount_until: date | None = None
    disputed: bool = False

    def named(self, text: str, keys: Set[str] | None = None) -> str | None:
        """Return how a text names the item by a number of ours.

        :param keys: of the text, so that few numbers are searched in it
        """
        keys = text_keys(text) if keys is None else keys
        if keys.isdisjoint(self.number_keys):
            return None
        return _surest((self.number, *self.numbers), text)

    def ordered(self, text: str, keys: Set[str] | None = None) -> str | None:
        """Return how a text names the item by a number of the customer."""
        keys = text_keys(text) if keys is None else keys
        if keys.isdisjoint(self.order_keys):
            return None
        return _surest(self.orders, text)

    @property
    def number_keys(self) -> set[str]:
        """Return the keys under which the numbers of ours are looked up."""
        keys = number_keys(self.number)
        for number in self.numbers:
            if number != self.number:
                keys |= number_keys(number)
        return keys

    @cached_property
    def order_keys(self) -> frozenset[str]:
        return frozenset().union(*map(number_keys, self.orders))

    @cached_property
    def plain(self) -> str:
        """Return the letters and digits of the number."""
        return squeezed(self.number)

    def less_discount(self, day: date | None = None) -> Decimal:
        """Return what pays it: less the discount, on time if a day is given.

        >>> from dataclasses import replace
        >>> item = Item(1, 1, "A", Decimal(100), "EUR", date(2026, 1, 31), (), (),
        ...     Decimal(98), date(2026, 1, 10))
        >>> [str(item.less_discount(day)) for day in (
        ...     None, date(2026, 1, 10), date(2026, 1, 11))]
        ['98', '98', '100']

        What is open in part already has none:

        >>> str(replace(item, open=Decimal(50)).less_discount())
        '50'
        """
        if self.discounted is None or not 0 < self.discounted < self.open:
            return self.open
        late = day and (self.discount_until is None or day > self.discount_until)
        return self.open if late else self.discounted


@dataclass(frozen=True)
class Part:
    """The amount that a proposal applies to an item, and the discount taken."""

    item: int
    amount: Decimal
    discount: Decimal = ZERO


@dataclass(frozen=True)
class Match:
    """The items that a payment may be for, and the reason.

    ``short`` is what remains open of the items that it names. ``notes`` are what speaks
    against it; ``exact`` says that the parts use up the payment and settle the items.
    """

    reason: str = ""
    parts: tuple[Part, ...] = ()
    short: Decimal = ZERO
    loose: bool = False
    exact: bool = False
    notes: tuple[str, ...] = ()

    @property
    def amount(self) -> Decimal:
        return sum((each.amount for each in self.parts), ZERO)

    @property
    def confidence(self) -> int:
        least = CONFIDENCE.get(self.reason, 0)
        return max(least - 15 * self.loose - 20 * len(self.notes), 10 if least else 0)


def _surest(numbers: Iterable[str], text: str) -> str | None:
    ways = {mention(each, text) for each in numbers}
    return WHOLE if WHOLE in ways else LOOSE if LOOSE in ways else None

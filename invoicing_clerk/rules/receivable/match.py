"""Proposals of which open items a payment is for, once its customer is known.

The more certain reasons come first, and the first that says something decides:

1. ``named``: the payment names documents whose open amounts add up to it;
2. ``order``: the same for the customer's own order numbers;
3. ``balance``: it is exactly everything that is open;
4. ``item``, ``sum``: one item, or a few, have its amount, and no others do;
5. ``only``: it is a part of the only open item;
6. ``oldest``: the items that fell due first, where the customer has agreed to that.

It refuses rather than guesses: two solutions are none, no credit note is used because
its amount fits, and a payment that names what it cannot pay is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from operator import attrgetter

from .match_item import ZERO, Item, Match, Part
from .reference import LOOSE, WHOLE, fragments, is_cut, is_mistyped, text_keys
from .structured_reference import squeezed
from .subset import Subsets

BY_DUE = attrgetter("due", "key")


def match(
    amount: Decimal,
    currency: str,
    day: date,
    text: str,
    items: Iterable[Item],
    oldest_first: bool = False,
    candidates: Iterable[Item] | None = None,
) -> Match:
    """Return what a payment of a customer may be for.

    :param candidates: the items that have a key of the text, where an index has found
        them; otherwise all items are looked through

    >>> jan, feb, mar = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
    >>> def item(key, amount, due=jan, currency="EUR", **values):
    ...     number = f"INV/2026/{key:05}"
    ...     return Item(key, 1, number, Decimal(amount), currency, due, **values)
    >>> def show(amount, text, *items, **values):
    ...     found = match(Decimal(amount), "EUR", feb, text, items, **values)
    ...     parts = " ".join(f"{each.item}:{each.amount}" for each in found.parts)
    ...     print(found.reason or "none", parts, *found.notes)

    What it names, whatever else has its amount:

    >>> show(50, "INV/2026/00002", item(1, 50), item(2, 50))
    named 2:50
    >>> show(130, "INV/2026/00001 and INV-2026-00002", item(1, 50), item(2, 80))
    named 1:50 2:80
    >>> show(45, "INV/2026/00002 less RINV/7", item(2, 50), Item(7, 1, "RINV/7",
    ...     Decimal(-5), "EUR", jan))
    named 2:50 7:-5

    More than it names stays unapplied; less is proposed and never more than that:

    >>> show(70, "INV/2026/00001", item(1, 50), item(2, 80))
    named 1:50 over
    >>> show(80, "INV/2026/00001", item(1, 50), item(2, 80))
    named 1:50 over other_amount
    >>> show(30, "INV/2026/00001", item(1, 50), item(2, 80))
    named 1:30 short
    >>> show(30, "INV/2026/00001", item(1, 50), item(2, 30))
    none  other_amount

    With the discount for early payment, unless a credit note may have been deducted; a
    discount that was taken too late is noted:

    >>> early = {"discounted": Decimal(98), "discount_until": mar}
    >>> show(98, "INV/2026/00001", item(1, 100, **early), item(2, 80))
    named 1:98 discount
    >>> show(98, "INV/2026/00001", item(1, 100, **early), item(7, -2))
    named 1:98 discount ambiguous
    >>> show(98, "INV/2026/00001", item(1, 100, **{**early, "discount_until": jan}))
    named 1:98 short late_discount

    A number that is cut off, if only one item can be meant:

    >>> show(210, "INV/2026/00001, 00002 + 0003", item(1, 50), item(2, 70), item(3, 90))
    named 1:50 2:70 3:90
    >>> show(50, "invoice 2026/00002", item(1, 80), item(2, 50))
    named 2:50
    >>> show(50, "INV/2026/0000", item(1, 50), item(2, 50))
    none  ambiguous
    >>> show(50, "INV/2026/00004", item(4, 50), Item(8, 1, "INV/2026/000042",
    ...     Decimal(50), "EUR", jan))
    named 4:50 ambiguous

    Instalments in their order:

    >>> first, second = item(1, 50), replace(item(1, 70, feb), key=2)
    >>> text, both = first.number, (first, second)
    >>> show(50, text, *both), show(120, text, *both)
    named 1:50
    named 1:50 2:70
    (None, None)

    Nothing but the amount; two solutions are none:

    >>> show(80, "", item(1, 50), item(2, 80)), show(130, "", item(1, 50), item(2, 80))
    item 2:80
    balance 1:50 2:80
    (None, None)
    >>> show(50, "", item(1, 50), item(2, 50)), show(90, "", *map(item, (1, 2, 3),
    ...     (60, 30, 55)))
    none  ambiguous
    sum 1:60 2:30
    (None, None)
    >>> show(45, "", item(1, 50), item(2, 80), item(7, -5))
    none  nothing_fits

    A part of the only item; the oldest first where that is agreed, without disputes:

    >>> show(20, "", item(1, 50)), show(20, "", item(1, 50), item(2, 80))
    only 1:20 short
    none  nothing_fits
    (None, None)
    >>> show(70, "", item(1, 50, disputed=True), item(2, 80, jan), item(3, 99, feb),
    ...     oldest_first=True)
    oldest 2:70 short

    What is paid already, or is in another currency:

    >>> show(50, "INV/2026/00001", item(1, 0), item(2, 50))
    none  settled
    >>> show(50, "INV/2026/00001", item(1, 50, currency="USD"), item(2, 50))
    none  currency
    """
    every = sorted(items, key=BY_DUE)
    named = every if candidates is None else sorted(candidates, key=BY_DUE)
    return _Matching(amount, currency, day, text, every, named).match(oldest_first)


def advised(
    amount: Decimal, currency: str, items: Iterable[Item], lines: Sequence[Part]
) -> Match:
    """Return what the payer said that a payment is for, line by line.

    >>> jan = date(2026, 1, 31)
    >>> items = [Item(key, 1, str(key), Decimal(50), "EUR", jan) for key in (1, 2, 3)]
    >>> def show(amount, *lines):
    ...     found = advised(Decimal(amount), "EUR", items,
    ...         [Part(key, Decimal(each)) for key, each in lines])
    ...     print([str(each.amount) for each in found.parts], found.exact, *found.notes)
    >>> show(100, (1, 50), (2, 50)), show(80, (1, 50), (2, 30))
    ['50', '50'] True
    ['50', '30'] False short
    (None, None)
    >>> show(49.5, (1, 49.5))
    ['49.5'] False short

    Nothing is applied beyond what is open, or beyond the payment:

    >>> show(60, (1, 60)), show(70, (1, 50), (2, 50)), show(50, (9, 50))
    ['50'] False over_item over
    [] False total
    [] False unknown_item
    (None, None, None)
    """
    known = {each.key: each for each in items if each.currency == currency}
    if any(line.item not in known for line in lines):
        return Match("advice", notes=("unknown_item",))
    parts = tuple(_within(known[line.item], line) for line in lines)
    parts = tuple(each for each in parts if each.amount)
    found = Match("advice", parts)
    if sum((line.amount for line in lines), ZERO) > amount:
        return Match("advice", notes=("total",))
    capped = any(abs(line.amount) > abs(known[line.item].open) for line in lines)
    short = sum((known[each.item].open - each.amount for each in parts), ZERO)
    notes = ("over_item",) * capped + ("short",) * (short > 0)
    notes += ("over",) * (found.amount < amount)
    return replace(found, short=max(short, ZERO), notes=notes, exact=not notes)


def _within(item: Item, line: Part) -> Part:
    """Return a line that applies no more than what is open, on the same side."""
    low, high = min(item.open, ZERO), max(item.open, ZERO)
    return replace(line, amount=min(max(line.amount, low), high))


@dataclass
class _Matching:
    """A payment, the items of its customer, and which of them it names."""

    amount: Decimal
    currency: str
    day: date
    text: str
    items: list[Item]
    candidates: list[Item]
    whole: list[Item] = field(default_factory=list)
    loose: list[Item] = field(default_factory=list)
    ordered: list[Item] = field(default_factory=list)
    usable: list[Item] = field(default_factory=list)
    charges: list[Item] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.usable = self._usable(self.items)
        self.charges = [each for each in self.usable if each.open > 0]
        if words := text_keys(self.text):
            named = [(each, each.named(self.text, words)) for each in self.candidates]
            self.whole = [each for each, how in named if how == WHOLE]
            self.loose = [each for each, how in named if how == LOOSE]
            self.ordered = [
                each
                for each in self.items
                if each.orders and each.ordered(self.text, words)
            ]

    def match(self, oldest_first: bool) -> Match:
        if self.whole:
            return self._of_named(self._usable(self.whole))
        if self.loose and (found := self._of_loose()):
            return found
        if self.ordered:
            return self._of_orders()
        if found := self._of_cut():
            return found
        return self._of_amount(oldest_first)

    # By what it names

    def _of_named(self, named: list[Item]) -> Match:
        if not named:
            return self._unpayable(self.whole)
        if _total(named) <= 0:
            return Match(notes=("nothing_fits",))
        notes = self._longer_numbers(named) + self._credits_for(named)
        if found := self._exactly(named) or self._instalments(named):
            return replace(found, notes=found.notes + notes)
        if more := self._with_loose(named):
            return replace(more, notes=more.notes + notes)
        over = self.amount > _total(named)
        return self._over(named, notes) if over else self._short(named, notes)

    def _usable(self, items: list[Item]) -> list[Item]:
        return [each for each in items if each.currency == self.currency and each.open]

    def _unpayable(self, named: list[Item]) -> Match:
        """Return why nothing of what is named can be paid."""
        settled = all(not each.open for each in named)
        return Match(notes=("settled" if settled else "currency",))

    def _longer_numbers(self, named: list[Item]) -> tuple[str, ...]:
        """Return a note where a number, cut off, is another one of the same amount."""
        tail = squeezed(self.text[-60:])
        last = [each for each in named if tail.endswith(each.plain)]
        fitting = last and [
            each
            for each in self.charges
            if self.amount in (each.open, each.less_discount(self.day))
        ]
        longer = any(
            other.number != each.number and other.plain.startswith(each.plain)
            for each in last
            for other in fitting
        )
        return ("ambiguous",) if longer else ()

    def _credits_for(self, named: list[Item]) -> tuple[str, ...]:
        """Return a note where a credit note, not a discount, may have been deducted."""
        credits = [-each.open for each in self.usable if each.open < 0]
        less = _total(named) - self.amount
        ways = Subsets(credits, less).find(1) if less > 0 else []
        return ("ambiguous",) if ways or ways is None else ()

    def _exactly(self, named: list[Item], loose: bool = False) -> Match | None:
        """Return a match if items add up to the payment, perhaps less discounts."""
        if _total(named) == self.amount:
            return self._settling(named, loose)
        parts = [each.less_discount(self.day) for each in named]
        if sum(parts, ZERO) == self.amount:
            return replace(self._settling(named, loose, self.day), notes=("discount",))
        return None

    def _settling(
        self, items: list[Item], loose: bool = False, day: date | None = None
    ) -> Match:
        paid = {
            each.key: each.less_discount(day) if day else each.open for each in items
        }
        parts = [
            Part(each.key, paid[each.key], each.open - paid[each.key]) for each in items
        ]
        return Match("named", tuple(parts), loose=loose, exact=True)

    def _instalments(self, named: list[Item]) -> Match | None:
        """Return the first instalments of the only document that is named."""
        if len({each.number for each in named}) > 1:
            return None
        for count in range(1, len(named)):
            if found := self._exactly(named[:count]):
                return found
        return None

    def _with_loose(self, named: list[Item]) -> Match | None:
        """Return a match that also needs the numbers that are less certain."""
        more = [each for each in self._usable(self.loose) if each not in named]
        if more and (found := self._exactly(named + more, loose=True)):
            return found
        cut = [each for each in self._cut_candidates() if each not in named]
        single = [each for each in cut if self._exactly([*named, each])]
        if len(single) > 1:
            return None
        return self._exactly([*named, *(single or cut)], loose=True) if cut else None

    def _over(self, named: list[Item], notes: tuple[str, ...]) -> Match:
        """Return what is named, in full; what is over stays unapplied."""
        found = self._settling(named)
        if self._fits_otherwise(named):
            notes += ("other_amount",)
        return replace(found, exact=False, notes=("over", *notes))

    def _fits_otherwise(self, named: list[Item]) -> bool:
        """Return whether other items have the amount, or may have it."""
        others = [each for each in self.charges if each not in named]
        if self.amount in (_total(self.usable), _total(others)):
            return True
        solutions = self._solutions()
        return solutions is None or bool(solutions)

    def _short(self, named: list[Item], notes: tuple[str, ...]) -> Match:
        """Return a part of what is named, unless something else fits better."""
        if any(each.open == self.amount for each in self.charges if each not in named):
            return Match(notes=("other_amount", *notes))
        late = sum((each.less_discount() for each in named), ZERO)
        short = _total(named) - self.amount
        if late == self.amount:
            notes = ("late_discount", *notes)
            paid = [Part(each.key, each.less_discount()) for each in named]
        else:
            paid = _filled(named, self.amount)
        return Match("named", tuple(paid), short, notes=("short", *notes))

    def _of_loose(self) -> Match | None:
        """Return the one item, or all of them, that an uncertain number fits."""
        usable = self._usable(self.loose)
        candidates = usable + [
            each for each in self._cut_candidates() if each not in usable
        ]
        fitting = [each for each in candidates if self._exactly([each])]
        if len(fitting) == 1:
            return self._exactly(fitting, loose=True)
        if len(fitting) > 1:
            return Match(notes=("ambiguous",))
        if found := self._exactly(usable, loose=True):
            return found
        # Of digits only, it may be anything: no reason to stop here.
        letters = any(not each.number.isdigit() for each in usable)
        return (
            self._unpayable(self.loose)
            if not usable
            else (replace(self._short_or_none(usable), loose=True) if letters else None)
        )

    def _short_or_none(self, named: list[Item]) -> Match:
        if self.amount > _total(named):
            return Match(notes=("nothing_fits",))
        return self._short(named, ())

    def _of_orders(self) -> Match:
        usable = self._usable(self.ordered)
        if not usable:
            return self._unpayable(self.ordered)
        if found := self._exactly(usable):
            return replace(found, reason="order")
        single = [each for each in usable if self._exactly([each])]
        if len(single) == 1 and (found := self._exactly(single)):
            return replace(found, reason="order", loose=True)
        return Match(notes=("ambiguous" if single else "nothing_fits",))

    def _of_cut(self) -> Match | None:
        """Return the one item of this amount whose number may have been cut off."""
        fitting = [each for each in self._cut_candidates() if self._exactly([each])]
        if not fitting:
            return self._of_mistyped()
        if len(fitting) > 1:
            return Match(notes=("ambiguous",))
        return self._exactly(fitting, loose=True)

    def _of_mistyped(self) -> Match | None:
        """Return the only item of this amount, if one digit of its number differs."""
        fitting = [each for each in self.charges if self._exactly([each])]
        if len(fitting) != 1:
            return None
        number = fitting[0].plain
        if any(is_mistyped(piece, number) for piece in fragments(self.text)):
            return self._exactly(fitting, loose=True)
        return None

    def _cut_candidates(self) -> list[Item]:
        pieces = fragments(self.text)
        return [
            each
            for each in self.charges
            if any(is_cut(piece, each.plain) for piece in pieces)
        ]

    # By its amount

    def _of_amount(self, oldest_first: bool) -> Match:
        if not self.charges:
            return Match(notes=("nothing_open",))
        if len(self.usable) > 1 and _total(self.usable) == self.amount:
            found = self._settling(self.usable)
            return replace(found, reason="balance")
        solutions = self._solutions()
        if solutions and len(solutions) == 1:
            return self._solved(solutions[0])
        if solutions and len(solutions) > 1 and not oldest_first:
            return Match(notes=("ambiguous",))
        if len(self.usable) == 1 and self.amount < self.charges[0].open:
            return self._part_of_only()
        return self._oldest() if oldest_first else Match(notes=("nothing_fits",))

    def _solutions(self) -> list[list[Item]] | None:
        """Return up to two ways to add up charges to the amount; None if unknown."""
        singles = [[each] for each in self.charges if self._exactly([each])]
        if len(singles) > 1:
            return singles[:2]
        open_amounts = [each.open for each in self.charges]
        found = Subsets(open_amounts, self.amount).find()
        if found is None:
            return singles or None
        sums = [[self.charges[index] for index in each] for each in found]
        return singles + [each for each in sums if each not in singles]

    def _solved(self, items: list[Item]) -> Match:
        found = self._exactly(items) or Match()
        return replace(found, reason="item" if len(items) == 1 else "sum")

    def _part_of_only(self) -> Match:
        item = self.charges[0]
        short = item.open - self.amount
        return Match("only", (Part(item.key, self.amount),), short, notes=("short",))

    def _oldest(self) -> Match:
        parts = _filled(
            [each for each in self.charges if not each.disputed], self.amount
        )
        if not parts:
            return Match(notes=("nothing_fits",))
        by_key = {each.key: each for each in self.charges}
        short = sum((by_key[each.item].open - each.amount for each in parts), ZERO)
        used = sum((each.amount for each in parts), ZERO)
        notes = ("short",) * bool(short) + ("over",) * (used < self.amount)
        return Match("oldest", tuple(parts), short, notes=notes)


def _filled(items: Iterable[Item], amount: Decimal) -> list[Part]:
    """Return parts that use up an amount, item by item; credits are used in full."""
    ordered = sorted(items, key=lambda each: each.open > 0)
    parts = []
    for each in ordered:
        part = min(each.open, amount)
        if part:
            parts.append(Part(each.key, part))
            amount -= part
    return parts


def _total(items: Iterable[Item]) -> Decimal:
    return sum((each.open for each in items), ZERO)

"""Proposals for all unapplied payments and credits of a customer together.

`match` proposes for each payment; here what one of them has used up is left to no
other. Payments that name documents come first, whatever their date.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from .match import match
from .match_item import REASONS, ZERO, Item, Match, Part
from .subset import Subsets

# Reasons for which a credit note is used, too: never because its amount fits.
NAMING = ("named", "order")
# What the customer page cannot do by reconciling alone.
DISCOUNTS = {"discount", "late_discount"}


@dataclass(frozen=True)
class Entry:
    """An open item, and what it says if it is a payment or credit: below zero."""

    item: Item
    date: date
    group: object = None
    text: str = ""
    is_credit_note: bool = False


@dataclass(frozen=True)
class Proposal:
    """Credits and charges to reconcile with each other, in this order."""

    reason: str
    credits: tuple[int, ...]
    charges: tuple[int, ...]
    amount: Decimal
    notes: tuple[str, ...] = ()


def propose(
    entries: Iterable[Entry], oldest_first: bool = False, chosen: bool = False
) -> list[Proposal]:
    """Return proposals for the items of a customer, the most certain ones first.

    >>> jan, mar = date(2026, 1, 31), date(2026, 3, 31)
    >>> def entry(key, amount, due=jan, text="", group=None, note=False, **values):
    ...     number = f"INV/2026/{key:05}"
    ...     item = Item(key, 1, number, Decimal(amount), "EUR", due, **values)
    ...     return Entry(item, due, group, text, note)
    >>> def show(*entries, **values):
    ...     for each in propose(entries, **values):
    ...         print(each.reason, each.credits, each.charges, each.amount)

    A later payment that names an invoice, before an earlier one that has its amount:

    >>> show(entry(1, 50), entry(2, 80), entry(8, -50, jan), entry(9, -50, mar,
    ...     "INV/2026/00001"))
    named (9,) (1,) 50
    only (8,) (2,) 50

    Two payments of one invoice, if no others add up to it:

    >>> show(entry(1, 45), entry(2, 80), entry(8, -30), entry(9, -50))
    sum (8, 9) (2,) 80
    >>> show(entry(1, 45), entry(2, 80), *(entry(key, -40) for key in (7, 8, 9)))

    A credit note for what it names, never because its amount fits:

    >>> show(entry(1, 50), entry(9, -50, mar, "INV/2026/00001", note=True))
    named (9,) (1,) 50
    >>> show(entry(1, 50), entry(9, -50, mar, note=True))

    The oldest first where the customer has agreed to it; what remains is unapplied:

    >>> items = entry(1, 45, mar), entry(2, 80, jan), entry(9, -100)
    >>> show(*items), show(*items, oldest_first=True)
    oldest (9,) (2, 1) 100
    (None, None)

    Items that a person has chosen belong together, credit notes among them:

    >>> show(entry(1, 45), entry(9, -45, note=True), chosen=True)
    item (9,) (1,) 45
    >>> show(*items, chosen=True)
    oldest (9,) (2, 1) 100

    Items of other accounts do not mix:

    >>> show(entry(1, 45, group="A"), entry(9, -45, group="B"))
    """
    groups: dict[object, list[Entry]] = {}
    for entry in entries:
        if entry.item.open:
            groups.setdefault((entry.group, entry.item.currency), []).append(entry)
    found = [
        each
        for group in groups.values()
        for each in _Customer(group, oldest_first or chosen, chosen).proposals()
    ]
    return sorted(found, key=lambda each: REASONS.index(each.reason))


@dataclass
class _Customer:
    """The entries of one group, and what proposals leave of the charges."""

    entries: list[Entry]
    oldest_first: bool
    chosen: bool
    left: dict[int, Decimal] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.left = {
            each.item.key: each.item.open for each in self.entries if each.item.open > 0
        }

    def proposals(self) -> Iterator[Proposal]:
        money = [each for each in self.entries if each.item.open < 0]
        money.sort(key=lambda each: (each.date, each.item.key))
        for names in (True, False):
            for entry in money:
                if entry.item.key not in self.used:
                    yield from self._proposal(entry, names)
            if names:
                yield from self._sums(money)

    def _proposal(self, entry: Entry, names: bool) -> Iterator[Proposal]:
        found = self._match(entry)
        fits = not DISCOUNTS & {*found.notes}
        if found.parts and fits and (found.reason in NAMING) == names:
            if not names and entry.is_credit_note and not self.chosen:
                return
            yield self._take([entry], found)

    def _match(self, entry: Entry) -> Match:
        items = [
            replace(each.item, open=self.left[each.item.key])
            for each in self.entries
            if each.item.key in self.left
        ]
        item = entry.item
        return match(
            *(-item.open, item.currency, entry.date, entry.text, items),
            oldest_first=self.oldest_first,
        )

    def _take(self, money: list[Entry], found: Match) -> Proposal:
        """Return a proposal, and use up what it applies."""
        for part in found.parts:
            self.left[part.item] -= part.amount
        self.used |= {each.item.key for each in money}
        return Proposal(
            found.reason,
            tuple(each.item.key for each in money),
            tuple(each.item for each in found.parts),
            found.amount,
            found.notes,
        )

    def _sums(self, money: list[Entry]) -> Iterator[Proposal]:
        """Yield payments that add up to an invoice, where no others do."""
        for entry in self.entries:
            owed = self.left.get(entry.item.key, ZERO)
            paying = [
                each
                for each in money
                if each.item.key not in self.used
                and not each.is_credit_note
                and not self._match(each).exact
            ]
            ways = Subsets([-each.item.open for each in paying], owed).find()
            if owed and ways and len(ways) == 1 and len(ways[0]) > 1:
                found = Match("sum", (Part(entry.item.key, owed),), exact=True)
                yield self._take([paying[index] for index in ways[0]], found)


def names_of(entries: Mapping[int, str], keys: Iterable[int], most: int = 4) -> str:
    """Return the names of items in words, cut off where they are many.

    >>> names_of({1: "A", 2: "B", 3: "C"}, (1, 2, 3), most=2)
    'A, B …'
    >>> names_of(dict(enumerate("ABCDE")), range(4))
    'A, B, C, D'
    >>> names_of(dict(enumerate("ABCDE")), range(5))
    'A, B, C, D …'
    """
    names = list(dict.fromkeys(entries[key] for key in keys))
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")

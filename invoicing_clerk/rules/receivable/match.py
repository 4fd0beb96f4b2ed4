"""Proposals to apply unapplied payments and credits to open invoices.

Each proposal says why. The more certain reasons come first, and an item that one of
them has used up is left to no other:

1. ``named``: the payment or credit names the documents;
2. ``item``: a payment and an invoice have the same open amount;
3. ``sum``: several payments and credits add up to an invoice, or several invoices to a
   payment;
4. ``oldest``: what remains goes to the invoices that fell due first, except disputed
   ones.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import combinations

ZERO = Decimal(0)
# Sizes of combinations, and among how many of the oldest items they are tried.
COMBINED = {2: 200, 3: 40, 4: 20}
# Shorter numbers in a text are not references: they may mean anything.
MIN_REFERENCE = 4


@dataclass(frozen=True)
class Entry:
    """An open item: a charge above zero, or a payment or credit below.

    ``group`` holds what has to be the same to be reconciled, such as account and
    currency. ``references`` are the numbers by which others name a charge; ``text`` is
    what a payment or credit says.
    """

    key: int
    due: date
    open: Decimal
    group: object = None
    references: tuple[str, ...] = ()
    text: str = ""
    disputed: bool = False


@dataclass(frozen=True)
class Proposal:
    """Credits and charges to reconcile with each other, in this order.

    ``rivals`` counts other charges that would have fitted as well.
    """

    reason: str
    credits: tuple[int, ...]
    charges: tuple[int, ...]
    amount: Decimal
    rivals: int


def propose(entries: Iterable[Entry]) -> list[Proposal]:
    """Return proposals for the items of a customer, the most certain ones first.

    >>> jan, feb, mar = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)
    >>> def charge(key, amount, due=jan, **values):
    ...     return Entry(key, due, Decimal(amount), references=(f"INV/{key:04}",),
    ...         **values)
    >>> def credit(key, amount, text=""):
    ...     return Entry(key, mar, -Decimal(amount), text=text)
    >>> def show(*entries):
    ...     for each in propose(entries):
    ...         print(each.reason, each.credits, each.charges, each.amount)

    A payment of an invoice, whose amount it has; two of the same amount: the older one:

    >>> show(charge(1, 50), charge(2, 70, feb), charge(3, 70, mar), credit(9, 70))
    item (9,) (2,) 70

    The invoice that it names comes before that, even if it is for another amount:

    >>> show(charge(1, 50), charge(2, 50), credit(9, 50, "inv 0002"))
    named (9,) (2,) 50
    >>> show(charge(1, 50), charge(2, 80), credit(9, 50, "part of INV-2"))
    named (9,) (2,) 50
    >>> show(charge(1, 50), charge(2, 80), credit(9, 130, "INV/0001, INV/0002"))
    named (9,) (1, 2) 130

    As far as the money goes, to the cent:

    >>> show(charge(1, 50), charge(2, 80), credit(9, 50, "INV/0001, INV/0002"))
    named (9,) (1,) 50
    >>> show(charge(1, 50), charge(2, 80), credit(9, "50.50", "INV/0001, INV/0002"))
    named (9,) (1, 2) 50.50
    >>> show(charge(1, "0.50"), credit(9, "0.50")), show(credit(9, "0.50"))
    item (9,) (1,) 0.50
    (None, None)

    Two credits for one invoice, and a payment of several invoices:

    >>> show(charge(1, 50), charge(2, 80), credit(8, 30), credit(9, 50))
    item (9,) (1,) 50
    oldest (8,) (2,) 30
    >>> show(charge(1, 45), charge(2, 80), credit(8, 30), credit(9, 50))
    sum (8, 9) (2,) 80
    >>> show(charge(1, 45), charge(2, 80), charge(3, 90), credit(9, 125))
    sum (9,) (1, 2) 125

    Others that would have fitted are counted:

    >>> invoices = [charge(number, 70) for number in (1, 2, 3)]
    >>> [each.rivals for each in propose([*invoices, credit(8, 200), credit(9, 70)])]
    [2, 0]

    Otherwise the oldest first, without disputed ones; what remains stays unapplied:

    >>> show(charge(1, 45, feb), charge(2, 80, jan), credit(9, 100))
    oldest (9,) (2, 1) 100
    >>> show(charge(1, 45, disputed=True), charge(2, 80, feb), credit(9, 100))
    oldest (9,) (2,) 80
    >>> show(charge(1, 45), credit(8, 20), credit(9, 30))
    oldest (8,) (1,) 20
    oldest (9,) (1,) 25

    Items of other accounts and currencies do not mix:

    >>> show(charge(1, 45, group="EUR"), credit(9, 45))
    """
    found: list[Proposal] = []
    by_group: dict[object, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.open:
            by_group[entry.group].append(entry)
    for group in by_group.values():
        found += _Matching(group).proposals()
    order = ("named", "item", "sum", "oldest")
    return sorted(found, key=lambda each: order.index(each.reason))


@dataclass
class _Matching:
    """The items of one group, and what is left of them after proposals."""

    entries: list[Entry]
    left: dict[int, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entries = sorted(self.entries, key=lambda each: (each.due, each.key))
        self.left = {each.key: abs(each.open) for each in self.entries}

    def proposals(self) -> list[Proposal]:
        return [*self._named(), *self._items(), *self._sums(), *self._oldest()]

    def _charges(self) -> list[Entry]:
        return [each for each in self.entries if each.open > 0 and self.left[each.key]]

    def _credits(self) -> list[Entry]:
        return [each for each in self.entries if each.open < 0 and self.left[each.key]]

    def _take(
        self,
        reason: str,
        credits: Sequence[Entry],
        charges: Sequence[Entry],
        rivals: int = 0,
    ) -> Proposal:
        """Return a proposal, and use up what it applies."""
        owed = sum((self.left[each.key] for each in charges), ZERO)
        paid = sum((self.left[each.key] for each in credits), ZERO)
        amount = min(owed, paid)
        for side in (credits, charges):
            remaining = amount
            for each in side:
                part = min(remaining, self.left[each.key])
                self.left[each.key] -= part
                remaining -= part
        return Proposal(
            reason,
            tuple(each.key for each in credits),
            tuple(each.key for each in charges),
            amount,
            rivals,
        )

    def _named(self) -> Iterator[Proposal]:
        patterns = [
            (charge, pattern)
            for charge in self._charges()
            for pattern in map(reference_pattern, charge.references)
            if pattern
        ]
        for credit in self._credits():
            named = {
                charge.key: charge
                for charge, pattern in patterns
                if self.left[charge.key] and pattern.search(credit.text)
            }
            if charges := self._covered(credit, list(named.values())):
                yield self._take("named", [credit], charges)

    def _items(self) -> Iterator[Proposal]:
        for credit in self._credits():
            amount = self.left[credit.key]
            same = [each for each in self._charges() if self.left[each.key] == amount]
            if same:
                yield self._take("item", [credit], same[:1], len(same) - 1)

    def _sums(self) -> Iterator[Proposal]:
        for charge in self._charges():
            if found := self._adding_up(self._credits(), self.left[charge.key]):
                yield self._take("sum", found, [charge])
        for credit in self._credits():
            if found := self._adding_up(self._charges(), self.left[credit.key]):
                yield self._take("sum", [credit], found)

    def _adding_up(self, entries: list[Entry], amount: Decimal) -> list[Entry]:
        """Return the items that add up to an amount: all, the oldest, or a few.

        >>> day = date(2026, 1, 31)
        >>> items = [Entry(key, day, Decimal(2) ** key) for key in range(12)]
        >>> def keys(amount):
        ...     found = _Matching(items)._adding_up(items, Decimal(amount))
        ...     return [each.key for each in found]
        >>> keys(2**12 - 1) == list(range(12)), keys(2**6 - 1)
        (True, [0, 1, 2, 3, 4, 5])
        >>> keys(2**3 + 2**7), keys(2**2 + 2**5 + 2**9 + 2**11), keys(2**3), keys(0)
        ([3, 7], [2, 5, 9, 11], [], [])
        >>> keys(1)
        []

        Of a pair, for example, both are among the oldest 200:

        >>> def is_found(size, last):
        ...     few = [Decimal(2) ** key for key in range(size)]
        ...     left = [Decimal("0.5"), *few[1:], *[ZERO] * (last - size), few[0]]
        ...     items = [Entry(key, day, each) for key, each in enumerate(left)]
        ...     return bool(_Matching(items)._adding_up(items, sum(few, ZERO)))
        >>> [is_found(*each) for each in ((2, 199), (3, 39), (4, 19))]
        [True, True, True]
        >>> [is_found(*each) for each in ((2, 200), (3, 40), (4, 20))]
        [False, False, False]
        """
        total = ZERO
        for count, each in enumerate(entries, 1):
            total += self.left[each.key]
            if total == amount and count > 1:
                return entries[:count]
        for size, most in COMBINED.items():
            for few in combinations(entries[:most], size):
                if sum(self.left[each.key] for each in few) == amount:
                    return list(few)
        return []

    def _oldest(self) -> Iterator[Proposal]:
        for credit in self._credits():
            undisputed = [each for each in self._charges() if not each.disputed]
            if charges := self._covered(credit, undisputed):
                yield self._take("oldest", [credit], charges)

    def _covered(self, credit: Entry, charges: list[Entry]) -> list[Entry]:
        """Return the first charges that a credit pays, the last perhaps in part."""
        found, remaining = [], self.left[credit.key]
        for charge in charges:
            if remaining <= 0:
                break
            found.append(charge)
            remaining -= self.left[charge.key]
        return found


def reference_pattern(number: str) -> re.Pattern[str] | None:
    """Return a pattern that finds the number of a document in a text.

    Signs between its parts and leading zeros do not matter:

    >>> def names(text, number="INV/2026/00042"):
    ...     pattern = reference_pattern(number)
    ...     return bool(pattern and pattern.search(text))
    >>> [names(text) for text in (
    ...     "INV/2026/00042", "pay inv 2026-42!", "INV202600042", "x,INV/2026/0042,y")]
    [True, True, True, True]
    >>> [names(text) for text in (
    ...     "INV/2026/000421", "INV/2026/1042", "RINV/2026/00042", "2026/00042", "",
    ...     "0INV/2026/00042")]
    [False, False, False, False, False, False]

    Structured references are found with any signs, short numbers not at all:

    >>> names("ref 090933755493", "+++090/9337/55493+++")
    True
    >>> names("ref 90933755493", "+++090/9337/55493+++")
    False
    >>> names("room 12", "12"), names("1000", "1000"), names("PO 12", "PO 12")
    (False, False, True)
    >>> names("10000", "10000")
    True
    """
    words = re.findall(r"[^\W\d_]+|\d+", number)
    length = sum(map(len, words))
    if length < MIN_REFERENCE or (length < MIN_REFERENCE + 1 and number.isdigit()):
        return None
    is_structured = not any(word.isalpha() for word in words)
    parts = [
        re.escape(word)
        if word.isalpha() or is_structured
        else f"0*{re.escape(word.lstrip('0') or '0')}"
        for word in words
    ]
    inner = r"[\W_]*".join(parts)
    return re.compile(rf"(?<![^\W_]){inner}(?!\d)", re.IGNORECASE)


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

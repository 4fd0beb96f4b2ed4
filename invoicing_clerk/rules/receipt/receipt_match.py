"""Proposals of who has paid and what for, and whether to apply them without asking.

First the customer: by the reference, the bank account, a remembered alias, or the
name; otherwise the payment is unidentified, and no invoice is proposed. Then the items,
by `rules.receivable.match`. A proposal is automatic only if it says what the payer has
said, to the cent, and nothing speaks against it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from ..receivable.match import advised, match
from ..receivable.match_item import (
    BY_AMOUNT,
    BY_REFERENCE,
    OLDEST_FIRST,
    Item,
    Match,
    Part,
)
from ..receivable.reference import WHOLE, text_keys
from ..receivable.structured_reference import squeezed
from .payer import (
    ALIKE,
    Clues,
    Payer,
    by_name,
    is_short_for,
    likeness,
    name_key,
    spellings,
)

# Evidence of the payer that stands by itself, in percent.
SURE = {
    "registered": 100,
    "reference": 95,
    "account": 95,
    "alias": 90,
    "name": 70,
    "unidentified": 0,
}


@dataclass(frozen=True)
class Payment:
    """A payment as it came in.

    ``customer`` is set where a person has registered it. ``advice`` is what the payer
    has told us separately, item by item, and is stronger than its text.
    """

    key: int
    amount: Decimal
    currency: str
    date: date
    text: str = ""
    payer: str = ""
    account: str = ""
    customer: int | None = None
    advice: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """A payer, the items paid, the reasons, the confidence and the remainder.

    ``unapplied`` is what is left of the payment, ``short`` what is left of the items
    that it names.
    """

    payment: int
    customer: int | None
    evidence: str
    reason: str
    parts: tuple[Part, ...]
    unapplied: Decimal
    short: Decimal
    confidence: int
    automatic: bool
    notes: tuple[str, ...]
    candidates: frozenset[int] = frozenset()


@dataclass
class Book:
    """Open items and what is known of payers, indexed for many payments."""

    items: Iterable[Item]
    accounts: Mapping[str, frozenset[int]] = field(default_factory=dict)
    aliases: Mapping[str, frozenset[int]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    rules: Mapping[int, str] = field(default_factory=dict)
    by_customer: dict[int, list[Item]] = field(default_factory=dict, init=False)
    by_key: dict[str, list[Item]] = field(default_factory=dict, init=False)
    trimmed: dict[int, Item] = field(default_factory=dict, init=False)
    by_name: dict[str, set[int]] = field(default_factory=dict, init=False)
    by_word: dict[str, set[int]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        by_customer: dict[int, list[Item]] = defaultdict(list)
        by_key: dict[str, list[Item]] = defaultdict(list)
        for item in self.items:
            by_customer[item.customer].append(item)
            for key in item.number_keys:
                by_key[key].append(item)
        for customer, items in by_customer.items():
            own = self.by_customer[customer] = _own_numbers(items)
            if own is not items:
                self.trimmed |= {each.key: each for each in own}
        self.by_key = dict(by_key)
        self.by_name = _indexed(self.names, lambda name: {name_key(name)})
        self.by_word = _indexed(self.names, _beginnings)

    def candidates(self, text: str) -> list[Item]:
        """Return the items that a text may name."""
        keys = text_keys(text)
        found = {each.key: each for key in keys for each in self.by_key.get(key, ())}
        return list(found.values())

    def candidates_of(self, customer: int, text: str) -> list[Item]:
        """Return those of a customer, without numbers that say who has paid."""
        return [
            self.trimmed.get(each.key, each)
            for each in self.candidates(text)
            if each.customer == customer
        ]

    def named_customers(self, text: str) -> frozenset[int]:
        """Return the customers one of whose documents is named in full."""
        keys = text_keys(text)
        return frozenset(
            each.customer
            for each in self.candidates(text)
            if each.named(text, keys) == WHOLE
        )

    def named_alike(self, name: str, among: Iterable[int]) -> frozenset[int]:
        """Return the customers of this name, and those of a reference if alike."""
        if not name_key(name):
            return frozenset()
        if same := self.by_name.get(name_key(name)):
            return frozenset(same)
        close = frozenset(
            each for each in among if self._resembles(name, self.names.get(each, ""))
        )
        if close:
            return close
        keys = set().union(
            *(self.by_word.get(word, set()) for word in _beginnings(name))
        )
        return by_name(name, [(each, self.names[each]) for each in sorted(keys)])

    def _resembles(self, name: str, other: str) -> bool:
        return likeness(name, other) >= ALIKE or is_short_for(name, other)

    def payer(self, payment: Payment) -> Payer:
        reference = self.named_customers(payment.text)
        account = squeezed(payment.account)
        clues = Clues(
            registered=frozenset({payment.customer} if payment.customer else ()),
            reference=reference,
            account=self.accounts.get(account, frozenset()),
            alias=self.aliases.get(name_key(payment.payer), frozenset()),
            name=self.named_alike(payment.payer, reference),
            named=bool(name_key(payment.payer)),
        )
        return clues.payer()


def propose(payment: Payment, book: Book) -> Proposal:
    """Return the proposal for a payment.

    >>> jan, feb = date(2026, 1, 31), date(2026, 2, 28)
    >>> book = Book(
    ...     [Item(1, 7, "INV/2026/00001", Decimal(50), "EUR", jan),
    ...      Item(2, 7, "INV/2026/00002", Decimal(80), "EUR", jan),
    ...      Item(3, 8, "INV/2026/00003", Decimal(50), "EUR", jan)],
    ...     accounts={"be1": frozenset({7}), "be2": frozenset({7, 8})},
    ...     names={7: "Alpha GmbH", 8: "Beta SA"})
    >>> def show(amount, text, **values):
    ...     payment = Payment(9, Decimal(amount), "EUR", feb, text, **values)
    ...     each = propose(payment, book)
    ...     print("automatic" if each.automatic else "proposed", each.customer,
    ...         each.evidence, each.reason or "-", [part.item for part in each.parts],
    ...         *each.notes)

    What is named is applied without asking, if it is to the cent:

    >>> show(50, "INV/2026/00001"), show(50, "INV/2026/00001", payer="ALPHA")
    automatic 7 reference named [1]
    automatic 7 reference named [1]
    (None, None)
    >>> show(40, "INV/2026/00001", account="BE1"), show(99, "INV/2026/00001")
    proposed 7 reference named [1] short
    proposed 7 reference named [1] over
    (None, None)

    More than is named stays unapplied, where something else says who has paid:

    >>> show(99, "INV/2026/00001", account="BE1")
    automatic 7 reference named [1] over

    A third party is asked about, and so is a number of another customer:

    >>> show(50, "INV/2026/00001", payer="Gamma Ltd")
    proposed 7 reference named [1] third_party
    >>> show(80, "INV/2026/00003", account="BE1")
    proposed 7 account named [2] other_customer

    The amount alone only proposes, and nothing before the customer is known:

    >>> show(80, "", account="BE1"), show(80, ""), show(50, "thanks", account="BE2")
    proposed 7 account item [2]
    proposed None unidentified - [] unidentified
    proposed None unidentified - [] several_customers
    (None, None, None)

    A customer of several who share an account:

    >>> show(50, "INV/2026/00003", account="BE2", payer="Group Treasury")
    automatic 8 reference named [3]
    """
    payer = book.payer(payment)
    if payer.customer is None:
        note = "several_customers" if payer.candidates else "unidentified"
        return _proposal(payment, payer, Match(notes=(note,)), False)
    found = _match(payment, payer.customer, book)
    if payer.contradicted:
        return _contradicted(payment, payer, found, book)
    rule = book.rules.get(payer.customer, BY_REFERENCE)
    return _proposal(payment, payer, found, is_automatic(payment, payer, found, rule))


def _match(payment: Payment, customer: int, book: Book) -> Match:
    items = book.by_customer.get(customer, [])
    if payment.advice:
        return advised(payment.amount, payment.currency, items, payment.advice)
    oldest_first = book.rules.get(customer) == OLDEST_FIRST
    return match(
        payment.amount,
        payment.currency,
        payment.date,
        payment.text,
        items,
        oldest_first,
        book.candidates_of(customer, payment.text),
    )


def _contradicted(payment: Payment, payer: Payer, found: Match, book: Book) -> Proposal:
    """Return a proposal where the payer is not the customer of what is named.

    An amount to the cent says that somebody pays for the customer. Otherwise the number
    may be mistyped: the customer is the one who has paid, if that is known.
    """
    if found.exact and found.reason == "named":
        return _proposal(payment, payer, _noted(found, "third_party"), False)
    clues = replace(payment, text="")
    known = book.payer(clues)
    if known.customer is None:
        return _proposal(payment, payer, _noted(found, "third_party"), False)
    others = book.named_customers(payment.text) - {known.customer}
    third = [
        (customer, each)
        for customer in sorted(others)
        if (each := _match(payment, customer, book)).exact and each.reason == "named"
    ]
    if len(third) == 1:
        customer, other = third[0]
        paying = replace(payer, customer=customer, evidence="reference")
        return _proposal(payment, paying, _noted(other, "third_party"), False)
    own = _match(payment, known.customer, book)
    return _proposal(payment, known, _noted(own, "other_customer"), False)


def _noted(found: Match, note: str) -> Match:
    return replace(found, notes=(*found.notes, note))


def is_automatic(payment: Payment, payer: Payer, found: Match, rule: str) -> bool:
    """Return whether a proposal may be applied without asking.

    >>> day = date(2026, 2, 28)
    >>> sure, unsure = Payer(7, confirmed=True), Payer(7)
    >>> part = (Part(1, Decimal(50)),)
    >>> def show(payer, rule="reference", text="", **values):
    ...     payment = Payment(1, Decimal(50), "EUR", day, text)
    ...     return is_automatic(payment, payer, Match(parts=part, **values), rule)
    >>> show(unsure, reason="named", exact=True), show(sure, reason="sum", exact=True)
    (True, False)

    Uncertain numbers and orders need another sign of who has paid:

    >>> [show(each, reason=reason, exact=True, loose=reason == "named")
    ...     for each in (sure, unsure) for reason in ("named", "order")]
    [True, True, False, False]

    What speaks against it, a discount on time does not:

    >>> [show(sure, reason="named", exact=True, notes=(note,))
    ...     for note in ("discount", "ambiguous", "short")]
    [True, False, False]

    Nor does more than was named, from the only one who pays from an account:

    >>> shared = replace(sure, shared=True)
    >>> [show(each, reason="named", exact=True, notes=("over",))
    ...     for each in (sure, unsure, shared)]
    [True, False, False]

    Amounts and the oldest items where the customer has agreed, if nothing is named:

    >>> [show(sure, rule, reason=reason, exact=reason == "item") for rule, reason in (
    ...     ("amount", "item"), ("reference", "item"), ("oldest", "oldest"))]
    [True, False, True]
    >>> show(sure, "amount", "for 4711", reason="item", exact=True)
    False
    """
    if payer.contradicted or not found.parts:
        return False
    against = set(found.notes) - {"discount"}
    if found.reason == "named" and against == {"over"}:
        return payer.confirmed and not payer.shared and not found.loose
    if found.reason == "oldest":
        agreed = rule == OLDEST_FIRST and against <= {"short", "over"}
        return agreed and payer.confirmed and not _has_number(payment.text)
    if against or not found.exact:
        return False
    if found.reason in ("item", "balance"):
        agreed = rule in (BY_AMOUNT, OLDEST_FIRST)
        return agreed and payer.confirmed and not _has_number(payment.text)
    if found.reason == "order":
        return payer.confirmed and not found.loose
    if found.reason in ("named", "advice"):
        return payer.confirmed or not found.loose
    return False


def _has_number(text: str) -> bool:
    """Return whether a text has what may be a number of a document.

    >>> _has_number("thanks for all"), _has_number("4711"), _has_number("PO-77")
    (False, True, True)
    """
    return any(map(str.isdigit, text))


def _proposal(
    payment: Payment, payer: Payer, found: Match, automatic: bool
) -> Proposal:
    confidence = min(SURE[payer.evidence], found.confidence)
    return Proposal(
        payment=payment.key,
        customer=payer.customer,
        evidence=payer.evidence,
        reason=found.reason,
        parts=found.parts,
        unapplied=payment.amount - found.amount,
        short=found.short,
        confidence=confidence,
        automatic=automatic,
        notes=found.notes,
        candidates=payer.candidates,
    )


def _own_numbers(items: list[Item]) -> list[Item]:
    """Return the items of a customer without numbers that several documents share.

    Some companies give each customer one payment reference: it says who has paid, not
    what for.

    >>> jan = date(2026, 1, 31)
    >>> items = [
    ...     Item(key, 1, f"INV/{key}", Decimal(5), "EUR", jan, ("CUST/1", f"R{key}"))
    ...     for key in (1, 2)]
    >>> [each.numbers for each in _own_numbers(items)]
    [('R1',), ('R2',)]
    """
    users: Counter[str] = Counter()
    for number, _document in {
        (number, item.number) for item in items for number in item.numbers
    }:
        users[number] += 1
    if not any(count > 1 for count in users.values()):
        return items
    return [
        replace(each, numbers=tuple(n for n in each.numbers if users[n] == 1))
        for each in items
    ]


def _indexed(
    names: Mapping[int, str], keys_of: Callable[[str], Iterable[str]]
) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for customer, name in names.items():
        for key in keys_of(name):
            found[key].add(customer)
    return dict(found)


def _beginnings(name: str) -> set[str]:
    """Return the beginnings of the words of a name, by which alike ones are found.

    >>> sorted(_beginnings("Müller Maschinenbau GmbH"))
    ['masc', 'muel', 'mull']
    """
    return {word[:4] for each in spellings(name) for word in each.split()}

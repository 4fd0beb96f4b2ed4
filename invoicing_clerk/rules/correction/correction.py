"""What a correction does to a billed document, in plain figures.

A posted invoice is never edited: a credit or debit note amends it and refers to it
(EU VAT Directive 2006/112/EC, art. 219). The customer must end up owing what the
invoice should have asked for, to the last unit, in the currency of the document and
in that of the company, per line and per tax.

Amounts are exact decimals, seen from the customer: positive is owed to us.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from ..lifecycle import Lifecycle, Step

STATES = [
    ("draft", "Draft"),
    ("waiting", "Waiting for Approval"),
    ("approved", "Approved"),
    ("applied", "Applied"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "request": Step(("draft",), "waiting", "clerk"),
        "approve": Step(("waiting",), "approved", "supervisor"),
        "refuse": Step(("waiting",), "refused", "supervisor"),
        "edit": Step(("waiting", "approved", "refused"), "draft", "clerk"),
        "apply": Step(("draft", "approved"), "applied", "clerk"),
        "cancel": Step(
            ("draft", "waiting", "approved", "refused"), "cancelled", "clerk"
        ),
    },
)

ZERO = Decimal(0)


@dataclass(frozen=True)
class Money:
    """One amount in the document's currency and in the company's.

    >>> Money(Decimal("10.00"), Decimal("9.20")) - Money(Decimal("4"), Decimal("3.68"))
    Money(document=Decimal('6.00'), company=Decimal('5.52'))
    >>> bool(Money())
    False
    """

    document: Decimal = ZERO
    company: Decimal = ZERO

    def __add__(self, other: Money) -> Money:
        return Money(self.document + other.document, self.company + other.company)

    def __sub__(self, other: Money) -> Money:
        return Money(self.document - other.document, self.company - other.company)

    def __neg__(self) -> Money:
        return Money(-self.document, -self.company)

    def __bool__(self) -> bool:
        return bool(self.document or self.company)

    @property
    def items(self) -> list[Money]:
        """The amount in parts that journal items can hold.

        The two currencies of an item may not disagree about who owes whom; cents of
        rounding sometimes do, and then need an item for each currency.

        >>> [(str(part.document), str(part.company))
        ...  for part in Money(Decimal("1"), Decimal("-0.01")).items]
        [('1', '0'), ('0', '-0.01')]
        >>> len(Money(Decimal("1"), Decimal("0.01")).items)
        1
        """
        if self.document * self.company >= 0:
            return [self]
        return [Money(self.document, ZERO), Money(ZERO, self.company)]


@dataclass(frozen=True)
class TaxFigures:
    """What one tax takes on one line, and on which base."""

    amount: Money = Money()
    base: Money = Money()

    def __add__(self, other: TaxFigures) -> TaxFigures:
        return TaxFigures(self.amount + other.amount, self.base + other.base)

    def __neg__(self) -> TaxFigures:
        return TaxFigures(-self.amount, -self.base)

    def __bool__(self) -> bool:
        return bool(self.amount or self.base)


@dataclass(frozen=True)
class Figures:
    """What one line makes the customer owe: net, and each tax by its id.

    >>> one = Figures(Money(Decimal(5), Decimal(5)), {7: TaxFigures(Money(Decimal(1)))})
    >>> (one - one).is_zero
    True
    >>> (one + one).taxes[7].amount.document
    Decimal('2')
    """

    net: Money = Money()
    taxes: dict[int, TaxFigures] = field(default_factory=dict)

    def __add__(self, other: Figures) -> Figures:
        taxes = dict(self.taxes)
        for tax, figures in other.taxes.items():
            taxes[tax] = taxes.get(tax, TaxFigures()) + figures
        return Figures(self.net + other.net, taxes)

    def __neg__(self) -> Figures:
        return Figures(
            -self.net, {tax: -figures for tax, figures in self.taxes.items()}
        )

    def __sub__(self, other: Figures) -> Figures:
        return self + -other

    @property
    def is_zero(self) -> bool:
        """Whether nothing is owed; a base without its tax owes nothing."""
        return not self.net and not any(tax.amount for tax in self.taxes.values())


def total(figures: Iterable[Figures]) -> Figures:
    """Add up lines.

    >>> total([]).is_zero
    True
    """
    result = Figures()
    for each in figures:
        result += each
    return result


@dataclass(frozen=True)
class Terms:
    """What a line says: how much, at which price, less which discount, taxed how."""

    quantity: float
    price_unit: float
    discount: float = 0.0
    taxes: frozenset[int] = frozenset()


def unopposed_taxes(
    lines: list[tuple[Figures, dict[int, Hashable]]],
) -> list[Figures]:
    """Let no tax item of a note owe one way in one currency, the other in the other.

    Where cents of rounding do so, the company's part is left out of the lines: it is
    booked on an item of its own, as one item cannot hold both signs.

    :param lines: each line's figures, and by tax where that tax is booked

    >>> cent = TaxFigures(Money(Decimal("1"), Decimal("-0.01")))
    >>> [line] = unopposed_taxes([(Figures(Money(), {7: cent}), {7: "sales"})])
    >>> str(line.taxes[7].amount.document), str(line.taxes[7].amount.company)
    ('1', '0.00')
    """
    result = [figures for figures, _places in lines]
    items: dict[tuple[int, Hashable], list[int]] = {}
    for index, (figures, places) in enumerate(lines):
        for tax in figures.taxes:
            items.setdefault((tax, places[tax]), []).append(index)
    for (tax, _place), indexes in items.items():
        summed = total(result[index] for index in indexes).taxes[tax].amount
        if len(summed.items) > 1:
            company = TaxFigures(Money(ZERO, summed.company))
            result[indexes[0]] -= Figures(Money(), {tax: company})
    return result


Part = Literal["quantity", "price", "billed", "corrected"]


def represent(billed: Terms, corrected: Terms) -> list[tuple[Part, Terms]]:
    """Say a change in the fewest lines that a customer can check.

    Only the quantity changed: one line with the quantity between. Only the price
    changed: one line with the price between. Else two lines: what was billed taken
    back, what should have been put in its place.

    >>> old = Terms(10, 5.0)
    >>> represent(old, Terms(8, 5.0))
    [('quantity', Terms(quantity=-2, price_unit=5.0, discount=0.0, taxes=frozenset()))]
    >>> represent(old, Terms(10, 4.5))[0][1].price_unit
    -0.5
    >>> [part for part, _terms in represent(old, Terms(8, 4.5))]
    ['billed', 'corrected']
    >>> [part for part, _terms in represent(old, Terms(0, 4.5))]
    ['billed']
    >>> represent(old, old)
    []
    """
    if billed == corrected:
        return []
    if replace(billed, quantity=corrected.quantity) == corrected:
        quantity = round(corrected.quantity - billed.quantity, 10)
        return [("quantity", replace(billed, quantity=quantity))]
    if replace(billed, price_unit=corrected.price_unit) == corrected:
        price = round(corrected.price_unit - billed.price_unit, 10)
        return [("price", replace(billed, price_unit=price))]
    parts: list[tuple[Part, Terms]] = [
        ("billed", replace(billed, quantity=-billed.quantity)),
        ("corrected", corrected),
    ]
    return [(part, terms) for part, terms in parts if terms.quantity]


def host_rounding(
    changed: list[tuple[Hashable, Figures]],
    leftovers: Iterable[tuple[Hashable, Figures]],
) -> tuple[list[Figures], dict[Hashable, Figures]]:
    """Give the cents that move on unchanged lines a place on the note.

    Where taxes are rounded per document, a change of one line can move a cent of
    another. Such a cent joins the first changed line booked the same way (same key);
    where there is none it stays on its own, to be shown as rounding.

    Returns the figures of the changed lines, in their order, and what is left by key.

    >>> cent = Figures(Money(Decimal("0.01"), Decimal("0.01")))
    >>> moved = [("sales", cent), ("rent", cent)]
    >>> lines, rest = host_rounding([("sales", cent)], moved)
    >>> lines[0].net.document, rest["rent"].net.document
    (Decimal('0.02'), Decimal('0.01'))
    """
    figures = [each for _key, each in changed]
    place: dict[Hashable, int] = {}
    for index, (key, _figures) in enumerate(changed):
        place.setdefault(key, index)
    rest: dict[Hashable, Figures] = {}
    for key, cents in leftovers:
        if key in place:
            figures[place[key]] += cents
        else:
            rest[key] = rest.get(key, Figures()) + cents
    return figures, {key: cents for key, cents in rest.items() if not cents.is_zero}


def note_role(difference: Decimal) -> Literal["credit", "debit"]:
    """Which note says a difference: a debit note where more is owed, else a credit.

    >>> note_role(Decimal("-3")), note_role(Decimal("0")), note_role(Decimal("2"))
    ('credit', 'credit', 'debit')
    """
    return "debit" if difference > 0 else "credit"

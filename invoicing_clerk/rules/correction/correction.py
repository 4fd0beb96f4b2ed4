"""Corrections of a posted document, in figures.

A posted invoice is never edited: a credit or debit note amends it and refers to it
(EU VAT Directive 2006/112/EC, art. 219). The customer must owe what the
invoice should have billed, to the last cent, in the currency of the document and
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
    >>> bool(Money()), bool(Money(Decimal(1))), bool(Money(ZERO, Decimal(1)))
    (False, True, True)
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
        """The amount in parts that journal items can have.

        The amounts of an item in both currencies must have the same sign. Where cents
        of rounding do not, each currency needs an item of its own.

        >>> [(str(part.document), str(part.company))
        ...  for part in Money(Decimal("1"), Decimal("-0.01")).items]
        [('1', '0'), ('0', '-0.01')]
        >>> len(Money(Decimal("1"), Decimal("0.01")).items)
        1
        >>> len(Money(Decimal("1")).items), len(Money(ZERO, Decimal("1")).items)
        (1, 1)
        """
        if self.document * self.company >= 0:
            return [self]
        return [Money(self.document, ZERO), Money(ZERO, self.company)]


@dataclass(frozen=True)
class TaxFigures:
    """The amount and base of one tax on one line.

    >>> tax = TaxFigures(Money(Decimal(2), Decimal(2)), Money(Decimal(10), Decimal(10)))
    >>> str((tax + tax).base.document), str((-tax).base.document)
    ('20', '-10')
    >>> [bool(each) for each in (TaxFigures(), TaxFigures(base=tax.base))]
    [False, True]
    >>> bool(TaxFigures(tax.amount))
    True
    """

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
    """The amount owed for one line: net, and each tax by its id.

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
        """Return whether nothing is owed; a base without tax does not count."""
        return not self.net and not any(tax.amount for tax in self.taxes.values())

    def engine_taxes(self) -> dict[str, dict[str, float]]:
        """Return the taxes in the format that Odoo's tax engine does not recompute.

        The engine drops the amounts of a line without tax; no tax has the id 0.

        >>> cent = TaxFigures(Money(Decimal("0.01"), Decimal("0.02")))
        >>> amounts = Figures(Money(), {7: cent}).engine_taxes()
        >>> amounts["7"]["tax_amount_currency"], amounts["7"]["tax_amount"]
        (0.01, 0.02)
        >>> Figures().engine_taxes()
        {'0': {}}
        """
        amounts: dict[str, dict[str, float]] = {"0": {}}
        for tax, figures in self.taxes.items():
            amounts[str(tax)] = {
                "tax_amount_currency": float(figures.amount.document),
                "tax_amount": float(figures.amount.company),
                "base_amount_currency": float(figures.base.document),
                "base_amount": float(figures.base.company),
            }
        return amounts


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
    """The quantity, price, discount and taxes of a line."""

    quantity: float
    price_unit: float
    discount: float = 0.0
    taxes: frozenset[int] = frozenset()


def unopposed_taxes(
    lines: list[tuple[Figures, dict[int, Hashable]]],
) -> list[Figures]:
    """Let both currencies of each tax item of a note have the same sign.

    Where cents of rounding differ in sign, the amount in company currency is removed
    from the lines, to be booked on an item of its own.

    :param lines: the figures of each line, and where each of its taxes is booked

    >>> cent = TaxFigures(Money(Decimal("1"), Decimal("-0.01")))
    >>> [line] = unopposed_taxes([(Figures(Money(), {7: cent}), {7: "sales"})])
    >>> str(line.taxes[7].amount.document), str(line.taxes[7].amount.company)
    ('1', '0.00')

    The first of several lines with the tax gets the difference; others stay:

    >>> two = [(Figures(Money(), {7: cent}), {7: "sales"}) for _each in range(2)]
    >>> [str(line.taxes[7].amount.company) for line in unopposed_taxes(two)]
    ['0.01', '-0.01']
    >>> agreed = Figures(Money(), {7: TaxFigures(Money(Decimal("1"), Decimal("1")))})
    >>> unopposed_taxes([(agreed, {7: "sales"})]) == [agreed]
    True
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


def represent(
    billed: Terms, corrected: Terms, bills_again: bool = False
) -> list[tuple[Part, Terms]]:
    """Express a change in as few lines as a customer can check.

    If only the quantity changed: one line with the difference in quantity. If only the
    price changed: one line with the difference in price. Otherwise two lines: one that
    credits what was billed, and one that bills what is correct.

    :param bills_again: credit and bill again, even where one line would do

    >>> old = Terms(10, 5.0)
    >>> represent(old, Terms(8, 5.0))
    [('quantity', Terms(quantity=-2, price_unit=5.0, discount=0.0, taxes=frozenset()))]
    >>> represent(old, Terms(10, 4.5))[0][1].price_unit
    -0.5
    >>> [(part, terms.quantity) for part, terms in represent(old, Terms(8, 4.5))]
    [('billed', -10), ('corrected', 8)]
    >>> [part for part, _terms in represent(old, Terms(0, 4.5))]
    ['billed']
    >>> represent(old, old)
    []
    >>> again = represent(old, Terms(10, 4.5), bills_again=True)
    >>> [(part, terms.price_unit) for part, terms in again]
    [('billed', 5.0), ('corrected', 4.5)]

    Differences have ten decimals, without the noise of floating-point numbers:

    >>> billed, corrected = Terms(1_000_000.1, 5.0), Terms(1_000_000, 5.0)
    >>> represent(billed, corrected)[0][1].quantity
    -0.1
    >>> billed, corrected = Terms(1, 1_000_000.1), Terms(1, 1_000_000.0)
    >>> represent(billed, corrected)[0][1].price_unit
    -0.1
    >>> represent(Terms(2e-10, 5.0), Terms(3e-10, 5.0))[0][1].quantity
    1e-10
    >>> represent(Terms(1, 2e-10), Terms(1, 3e-10))[0][1].price_unit
    1e-10
    """
    if billed == corrected:
        return []
    if not bills_again and replace(billed, quantity=corrected.quantity) == corrected:
        quantity = round(corrected.quantity - billed.quantity, 10)
        return [("quantity", replace(billed, quantity=quantity))]
    if (
        not bills_again
        and replace(billed, price_unit=corrected.price_unit) == corrected
    ):
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
    """Add the cents that change on other lines to lines of the note.

    Where taxes are rounded per document, a change of one line can change another by a
    cent. The cent is added to the first changed line with the same key; if there is
    none, it remains by itself, to be shown as rounding.

    Returns the figures of the changed lines in their order, and the remainders by key.

    >>> cent = Figures(Money(Decimal("0.01"), Decimal("0.01")))
    >>> moved = [("sales", cent), ("rent", cent)]
    >>> lines, remainder = host_rounding([("sales", cent)], moved)
    >>> lines[0].net.document, remainder["rent"].net.document
    (Decimal('0.02'), Decimal('0.01'))
    """
    figures = [each for _key, each in changed]
    place: dict[Hashable, int] = {}
    for index, (key, _figures) in enumerate(changed):
        place.setdefault(key, index)
    remainder: dict[Hashable, Figures] = {}
    for key, cents in leftovers:
        if key in place:
            figures[place[key]] += cents
        else:
            remainder[key] = remainder.get(key, Figures()) + cents
    return figures, {
        key: cents for key, cents in remainder.items() if not cents.is_zero
    }


def note_role(difference: Decimal) -> Literal["credit", "debit"]:
    """Return the kind of note for a difference: debit if more is owed, else credit.

    >>> note_role(Decimal("-3")), note_role(Decimal("0")), note_role(Decimal("0.01"))
    ('credit', 'credit', 'debit')
    """
    return "debit" if difference > 0 else "credit"

"""Remittance advices: what a payer says that a payment is for, document by document.

Each line has what is paid and, where the payer keeps something back, the deduction. The
lines add up to the total, or the advice is refused with the difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..lifecycle import SYSTEM, Lifecycle, Step
from .remittance_title import kind_of

STATES = [
    ("draft", "Draft"),
    ("confirmed", "Waiting for Payment"),
    ("applied", "Applied"),
    ("cancelled", "Cancelled"),
]
LIFECYCLE = Lifecycle(
    STATES,
    {
        "confirm": Step(("draft",), "confirmed", "clerk"),
        "edit": Step(("confirmed",), "draft", "clerk"),
        "cancel": Step(("draft", "confirmed"), "cancelled", "clerk"),
        "apply": Step(("confirmed",), "applied", SYSTEM),
        "undo": Step(("applied",), "confirmed", SYSTEM),
    },
)
# Neither applied nor cancelled.
PENDING = ("draft", "confirmed")
SOURCES = [
    ("typed", "Typed"),
    ("sheet", "Spreadsheet"),
    ("pdf", "PDF"),
    ("portal", "Customer Portal"),
]

ZERO = Decimal(0)
LARGEST = Decimal(10) ** 13
# Titles of columns, in lower case: the first words of each are what it means.
TITLES: Mapping[str, tuple[str, ...]] = {
    "number": (
        *("document", "invoice", "number", "reference", "rechnung", "beleg"),
        *("facture", "factuur", "factura", "fattura"),
    ),
    "amount": (
        *("paid", "payment", "zahlbetrag", "zahlung", "réglé", "payé", "betaald"),
        *("pagado", "pagato", "net", "amount", "betrag", "montant", "bedrag"),
        *("importe", "importo"),
    ),
    "deduction": (
        *("deduction", "discount", "short", "abzug", "skonto", "escompte"),
        *("korting", "descuento", "sconto"),
    ),
    "reason": ("reason", "comment", "grund", "motif"),
    "currency": ("currency", "währung", "devise", "curr."),
}
# Cells that are no number of a document, although they name one.
BESIDE_NUMBERS = ("amount", "betrag", "montant", "date", "datum")
TOTALS = re.compile(r"\b(total|sum|summe|gesamt|totaal|totale|montant total)\b", re.I)
# An amount with a sign before or after it, and with a currency on either side.
ENTERED = re.compile(r"(\D*?)(\d(?:[\d.,'\s]*\d)?)(\D*)")
SIGNS = re.compile(r"[\s()\-\u2212]+")


@dataclass(frozen=True)
class Line:
    """A document as the payer names it, what is paid, and what is kept back."""

    number: str
    amount: Decimal
    deduction: Decimal = ZERO
    reason: str = ""


@dataclass(frozen=True)
class Advice:
    """The lines of an advice, and the total and the currencies that it states."""

    lines: tuple[Line, ...]
    total: Decimal | None = None
    currencies: frozenset[str] = frozenset()

    @property
    def difference(self) -> Decimal:
        """Return what the lines are short of the total.

        >>> Advice((Line("A", Decimal(5)),), Decimal(7)).difference
        Decimal('2')
        """
        paid = sum((each.amount for each in self.lines), ZERO)
        return ZERO if self.total is None else self.total - paid


@dataclass(frozen=True)
class ReportedLine:
    """Amount that a customer reports as paid of an open item.

    A credit note is open below zero, and what is used of it is, too.
    """

    open: Decimal
    amount: Decimal
    deduction: Decimal = ZERO
    reason: str = ""

    def misfit(self) -> str | None:
        """Return what is wrong with the amounts.

        >>> def show(*amounts, reason=""):
        ...     line = ReportedLine(*map(Decimal, amounts), reason=reason)
        ...     print(line.misfit())
        >>> show(100, 100), show(100, 40), show(100, "99.99", "0.01", reason="short")
        None
        None
        None
        (None, None, None)
        >>> for amounts in ((100, 0), (100, -5), (100, "100.01"), (100, 90, -1),
        ...     (100, 90, 10), (-50, 50), (-50, 0), (-50, "-50.01"), (-50, -40, 10)):
        ...     show(*amounts)
        amount
        amount
        more
        deduction
        reason
        credit
        credit
        more
        credit
        >>> show(100, 90, 11, reason="short"), show(-50, -50)
        more
        None
        (None, None)
        """
        if self.open < 0:
            if self.amount >= 0 or self.deduction:
                return "credit"
            return "more" if self.amount < self.open else None
        if self.amount <= 0:
            return "amount"
        if self.deduction < 0:
            return "deduction"
        if self.amount + self.deduction > self.open:
            return "more"
        return "reason" if self.deduction and not self.reason else None


class NoColumnsError(Exception):
    """A sheet has no columns of documents and amounts."""


class NoAmountError(Exception):
    """A document has no amount, in a sheet whose total does not show the mistake."""


class AmountError(ValueError):
    """A cell is not an amount, or it could be two different ones."""


def amount_of(text: str) -> Decimal:
    """Return an amount as people write it in any country.

    >>> def show(*texts):
    ...     print(*map(amount_of, texts))
    >>> show("1.234,56", "1,234.56", "1 234,5", "1'234.50", "1234.5", "12", "0,05")
    1234.56 1234.56 1234.5 1234.50 1234.5 12 0.05
    >>> show("-3.20", "(3.20)", "3.20-", "€ 1,234.00", "- 5,00 EUR", "$-7", "9.90 kr.")
    -3.20 -3.20 -3.20 1234.00 -5.00 -7 9.90

    What may be a thousand or a thousandth is refused, as is anything else:

    >>> for text in ("1.234", "1,2,3", "abc", "1.23.45", "99999999999999", "=5+5",
    ...     "1/2", "about fifty 50"):
    ...     try:
    ...         amount_of(text)
    ...     except AmountError as error:
    ...         print("refused:", error)
    refused: 1.234
    refused: 1,2,3
    refused: abc
    refused: 1.23.45
    refused: 99999999999999
    refused: =5+5
    refused: 1/2
    refused: about fifty 50

    :raises AmountError: it is not an amount, or may be two
    """
    before, entered, after = _entered(text)
    negative = any(sign in before + after for sign in "-(\u2212")
    digits = re.sub(r"[^\d.,]", "", entered)
    found = re.fullmatch(r"(\d{1,3}(?:([.,])\d{3})+|\d+)(?:([.,])(\d+))?", digits)
    if not found or not _is_clear(found):
        raise AmountError(text)
    whole = re.sub(r"[.,]", "", found[1])
    amount = Decimal(f"{whole}.{found[4]}" if found[4] else whole)
    if amount >= LARGEST:
        raise AmountError(text)
    return -amount if negative else amount


def currency_of(text: str) -> str:
    """Return the currency that an amount is written with, if any.

    >>> [currency_of(text) for text in ("EUR 5.00", "-5 kr.", "5.00", "")]
    ['EUR', 'kr', '', '']
    """
    if not text:
        return ""
    before, _entered_digits, after = _entered(text)
    return SIGNS.sub("", f"{before}{after}").removesuffix(".")


def _entered(text: str) -> tuple[str, str, str]:
    """Return the digits of an amount, and what is written before and after them."""
    found = ENTERED.fullmatch(text.strip())
    marks = [SIGNS.sub("", found[side]) for side in (1, 3)] if found else []
    if not found or all(marks) or not all(map(_is_currency, filter(None, marks))):
        raise AmountError(text)
    return found[1], found[2], found[3]


def _is_currency(mark: str) -> bool:
    letters = mark.removesuffix(".")
    return len(letters) <= 4 and all(
        each.isalpha() or unicodedata.category(each) == "Sc" for each in letters
    )


def _is_clear(found: re.Match[str]) -> bool:
    """Return whether separators can be read in one way only."""
    grouping, decimal = found[2], found[3]
    if grouping and decimal:
        return grouping != decimal
    if grouping:
        return found[1].count(grouping) > 1
    return not decimal or len(found[4]) != 3


def read_rows(rows: Iterable[Sequence[str]]) -> Advice:
    """Return the advice in the rows of a sheet.

    >>> advice = read_rows([["Remittance", ""], ["Invoice No.", "Paid", "Deduction",
    ...     "Reason"], ["INV/1", "90.00", "10.00", "total loss"], ["INV/2", "50"],
    ...     ["Total", "140.00"]])
    >>> [(line.number, str(line.amount), line.reason) for line in advice.lines]
    [('INV/1', '90.00', 'total loss'), ('INV/2', '50', '')]
    >>> str(advice.total), str(advice.lines[0].deduction), str(advice.difference)
    ('140.00', '10.00', '0.00')
    >>> try:
    ...     read_rows([["a", "b"]])
    ... except NoColumnsError:
    ...     print("refused")
    refused

    A document without an amount may be a formula that was never computed. A total that
    the other lines add up to shows that nothing is missing:

    >>> rows = [["Invoice", "Paid"], ["INV/1", "5.00 EUR"], ["INV/2", ""]]
    >>> read_rows([*rows, ["Total", "5.00"]]).currencies
    frozenset({'EUR'})
    >>> try:
    ...     read_rows(rows)
    ... except NoAmountError as error:
    ...     print("refused:", error)
    refused: INV/2

    :raises NoColumnsError: no row names the columns
    :raises AmountError: an amount is none
    :raises NoAmountError: a document has none, and no total is stated
    """
    columns: dict[str, int] = {}
    lines, total = [], None
    currencies, without = set(), []
    for row in rows:
        cells = [str(cell).strip() for cell in row]
        if not columns:
            columns = _columns(cells)
            continue
        values = {name: cells[at] for name, at in columns.items() if at < len(cells)}
        number = values.get("number", "")
        if TOTALS.search(number or " ".join(cells)):
            total = amount_of(values.get("amount", ""))
        elif number and values.get("amount"):
            lines.append(_line(number, values))
        elif any(map(str.isdigit, number)):
            without.append(number)
        currencies |= _currencies(values)
    if not columns:
        raise NoColumnsError
    if without and total is None:
        raise NoAmountError(without[0])
    return Advice(tuple(lines), total, frozenset(currencies))


def _currencies(values: Mapping[str, str]) -> set[str]:
    """Return the currencies of a row: of its amounts, or in a column of their own."""
    if not values.get("amount"):
        return set()
    stated = {currency_of(values.get(name, "")) for name in ("amount", "deduction")}
    return (stated | {values.get("currency", "")}) - {""}


def _columns(cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, titles in TITLES.items():
        for title in titles:
            places = _places(cells, name, title, found.values())
            if places and name not in found:
                found[name] = places[0]
    return found if {"number", "amount"} <= found.keys() else {}


def _places(
    cells: Sequence[str], name: str, title: str, taken: Collection[int]
) -> list[int]:
    """Return the columns that a title may mean: those of just this title come first.

    >>> _places(["Invoice Amount", "Invoice No.", "Amount"], "number", "invoice", ())
    [1]
    >>> _places(["Invoice Amount", "Invoice No.", "Amount"], "amount", "amount", ())
    [2]
    >>> _places(["Invoice", "Invoice Amount"], "amount", "amount", ())
    [1]
    """
    lower = [cell.lower() for cell in cells]
    if name == "amount":
        taken = [*taken, *_not_paid(cells)]
    beside = BESIDE_NUMBERS if name == "number" else ()
    places = [
        place
        for place, cell in enumerate(lower)
        if title in cell
        and place not in taken
        and not any(each in cell for each in beside)
    ]
    return sorted(places, key=lambda place: lower[place] != title)


def _not_paid(cells: Sequence[str]) -> list[int]:
    """Return the columns of what is billed, open or kept back, not paid.

    What is billed is paid if no other column says what is, and nothing is kept back.

    >>> _not_paid(["Invoice", "Invoice Amount", "Discount", "Net"])
    [0, 1, 2]
    >>> _not_paid(["Invoice", "Invoice Amount"])
    []
    """
    kinds = [kind_of(cell) for cell in cells]
    if not {"paid", "amount", "deduction"} & set(kinds):
        return []
    return [at for at, kind in enumerate(kinds) if kind in ("other", "deduction")]


def _line(number: str, values: Mapping[str, str]) -> Line:
    deduction = values.get("deduction", "")
    return Line(
        number,
        amount_of(values["amount"]),
        abs(amount_of(deduction)) if deduction else ZERO,
        values.get("reason", ""),
    )

"""Remittance advices as the text of a PDF: rows with documents and amounts.

Columns are where the titles above them are. What can be read in two ways is refused,
unless the stated total proves one of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .remittance import TOTALS, ZERO, Advice, Line, amount_of
from .remittance_title import kind_of

# A plain space groups digits only in an amount that stands apart, as in a column.
AMOUNT = re.compile(
    r"(?<![\w/.,-])[(-]?"
    r"(?:(?<=\s\s)\d{1,3}(?: \d{3})+|\d{1,3}(?:[.,'\u00a0\u202f]\d{3})+|\d+)"
    r"[.,]\d{2}\)?-?(?![\w/.,])"
)
# Three digits after a space: an amount, or the end of a larger one.
CUT = re.compile(r"(?<![\w/.,-])\d{1,3} \d{3}[.,]\d{2}(?!\d)")
CODE = re.compile(r"(?<![\w/-])[A-Z]{3}(?![\w/-])")
DOCUMENT = re.compile(r"invoices?|rechnung|facture|factuur|factura|fattura|bill")
# Titles and other texts: two spaces are between columns.
CELL = re.compile(r"\S+(?: \S+)*")


class UnclearRowError(Exception):
    """A row can be read in several ways, or names no known document."""


@dataclass(frozen=True)
class Column:
    """A column of amounts: where its title is, and what is below."""

    start: int
    end: int
    kind: str

    def distance(self, start: int, end: int) -> int:
        """Return how far a text is from the title; 0 if they overlap.

        >>> column = Column(10, 20, "paid")
        >>> column.distance(15, 25), column.distance(22, 25), column.distance(1, 4)
        (0, 2, 6)
        """
        return max(0, self.start - end, start - self.end)


def columns_of(row: str) -> list[Column]:
    """Return the columns of amounts that a row of titles names, if one is paid.

    >>> [each.kind for each in columns_of("Invoice   Invoice amount   Discount   Paid")]
    ['other', 'deduction', 'paid']
    >>> [each.kind for each in columns_of("Document   Date   Amount")]
    ['paid']
    >>> columns_of("Payment EUR   Payment USD"), columns_of("We have paid")
    ([], [])
    """
    cells = list(CELL.finditer(row))
    found = [(cell, kind_of(cell[0])) for cell in cells]
    kinds = [kind for _cell, kind in found]
    paid = "paid" if "paid" in kinds else "amount"
    if len(cells) < 2 or kinds.count(paid) != 1:
        return []
    names = {paid: "paid", "deduction": "deduction"}
    return [
        Column(*cell.span(), names.get(kind, "other"))
        for cell, kind in found
        if kind != "none" and not _is_number_title(cell[0])
    ]


def _is_number_title(title: str) -> bool:
    """Return whether documents are below a title that could also name amounts."""
    return DOCUMENT.fullmatch(title.lower()) is not None


@dataclass
class Reader:
    """Reads rows one after the other.

    ``known`` finds the number of a document in a text, ``codes`` are those of
    currencies.
    """

    known: Callable[[str], str | None]
    codes: Collection[str] = ()
    columns: list[Column] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    total: Decimal | None = None
    currencies: set[str] = field(default_factory=set)
    # A number whose amounts are in the next row.
    waiting: str | None = None
    # Rows that could be read otherwise, and rows without a document.
    guessed: list[str] = field(default_factory=list)
    unread: list[tuple[str, list[Decimal]]] = field(default_factory=list)

    def take(self, row: str) -> None:
        """Take the next row."""
        found = list(AMOUNT.finditer(row))
        number = self.known(row)
        if not found:
            self.columns = columns_of(row) or self.columns
            self.waiting = number or (self.waiting if not row.strip() else None)
            return
        self.currencies |= _currencies(row, self.codes)
        if number or (self.waiting and not TOTALS.search(row)):
            self._read_line(number or self.waiting or "", row, found)
        elif TOTALS.search(row):
            self._read_total(row, found)
        else:
            self.unread.append((row, [amount_of(each[0]) for each in found]))
        self.waiting = None

    def _read_line(self, number: str, row: str, found: list[re.Match[str]]) -> None:
        by_kind = self._by_kind(found)
        if _is_cut(row):
            self.guessed.append(row)
        if "paid" in by_kind:
            deducted = sum(map(abs, by_kind.get("deduction", [])), ZERO)
            self.lines.append(Line(number, by_kind["paid"][0], deducted))
            return
        amounts = [amount_of(each[0]) for each in found]
        if len(set(amounts)) > 1 or self.columns:
            self.guessed.append(row)
        self.lines.append(Line(number, amounts[-1], deducted_of(amounts)))

    def _read_total(self, row: str, found: list[re.Match[str]]) -> None:
        if kind_of(AMOUNT.sub("", row)) in ("deduction", "other"):
            return
        amounts = [amount_of(each[0]) for each in found]
        paid = self._by_kind(found).get("paid", [])
        if _is_cut(row) or (len(set(amounts)) > 1 and not paid):
            self.guessed.append(row)
        self.total = paid[0] if paid and len(amounts) > 1 else amounts[-1]

    def _by_kind(self, found: list[re.Match[str]]) -> dict[str, list[Decimal]]:
        """Return the amounts of a row by what they are; none if that is unclear."""
        columns = self.columns
        if len(found) != len(columns):
            columns = [self._nearest(each) for each in found] if columns else []
        if not columns or len(set(columns)) < len(found):
            return {}
        by_kind: dict[str, list[Decimal]] = {}
        for each, column in zip(found, columns, strict=True):
            by_kind.setdefault(column.kind, []).append(amount_of(each[0]))
        return by_kind

    def _nearest(self, amount: re.Match[str]) -> Column:
        return min(self.columns, key=lambda column: column.distance(*amount.span()))

    def advice(self) -> Advice:
        """Return what was read.

        :raises UnclearRowError: a row could be read otherwise, or was not read, and the
            total does not prove that the lines are right
        """
        paid = sum((line.amount for line in self.lines), ZERO)
        if self.total is None and any(paid in amounts for _row, amounts in self.unread):
            self.total = paid
        if self.guessed and (self.total != paid or self._is_total_guessed()):
            raise UnclearRowError(" ".join(self.guessed[0].split()))
        if self.unread and self.lines and self.total is None:
            raise UnclearRowError(" ".join(self.unread[0][0].split()))
        return Advice(tuple(self.lines), self.total, frozenset(self.currencies))

    def _is_total_guessed(self) -> bool:
        return any(TOTALS.search(row) and not self.known(row) for row in self.guessed)


def read_text(
    text: str, known: Callable[[str], str | None], codes: Collection[str] = ()
) -> Advice:
    """Return the advice in the text of a PDF: rows with a known number and amounts.

    >>> known = {"INV/1", "INV/2"}
    >>> def show(*rows):
    ...     try:
    ...         found = read_text("\\n".join(rows), lambda row: next(
    ...             (each for each in sorted(known) if each in row), None), {"USD"})
    ...     except UnclearRowError as error:
    ...         print("unclear:", error)
    ...         return
    ...     print([(line.number, str(line.amount), str(line.deduction))
    ...         for line in found.lines], found.total, *found.currencies)
    >>> show("Our ref 77", "INV/1  01.02.2026  100,00  10,00  90,00",
    ...     "INV/2 50,00", "Total paid 140,00")
    [('INV/1', '90.00', '10.00'), ('INV/2', '50.00', '0')] 140.00
    >>> show("INV/1 1,100.00", "INV/2 50.00 USD")
    [('INV/1', '1100.00', '0'), ('INV/2', '50.00', '0')] None USD

    Titles say which column is paid, and what is kept back:

    >>> show("Document    Paid    Balance", "INV/1      90.00      10.00",
    ...     "Total      90.00      10.00")
    [('INV/1', '90.00', '0')] 90.00
    >>> show("Invoice   Invoice amount   Discount   Net payment",
    ...     "INV/1         100.00          2.00        98.00",
    ...     "INV/2          50.00                      50.00")
    [('INV/1', '98.00', '2.00'), ('INV/2', '50.00', '0')] None

    Without them, only a total proves what is paid; rows of unknown documents need one:

    >>> show("INV/1  90.00  10.00")
    unclear: INV/1 90.00 10.00
    >>> show("INV/1  90.00  10.00", "Total  90.00  10.00")
    unclear: INV/1 90.00 10.00
    >>> show("INV/1 90.00", "OTHER/7 5.00")
    unclear: OTHER/7 5.00
    >>> show("We pay 90.00 today", "INV/1 90.00")
    [('INV/1', '90.00', '0')] 90.00

    >>> show("INV/1  31 860,29"), show("INV/1 31 860,29")
    [('INV/1', '31860.29', '0')] None
    unclear: INV/1 31 860,29
    (None, None)

    The amounts of a document may be in the row below it:

    >>> show("INV/1  Chairs", "  90.00", "Total 90.00")
    [('INV/1', '90.00', '0')] 90.00

    :param codes: of currencies, which are found beside amounts
    :raises UnclearRowError: a row can be read in several ways, or was not read
    """
    reader = Reader(known, codes)
    for row in text.splitlines():
        reader.take(row)
    return reader.advice()


def _is_cut(row: str) -> bool:
    """Return whether an amount may begin before the space that is before it.

    >>> [_is_cut(row) for row in ("INV/1  31 860,29", "INV/1 31 860,29", "A 1 60,29",
    ...     "INV/0031 860,29")]
    [False, True, False, False]
    """
    return CUT.search(AMOUNT.sub(_kept_apart, row)) is not None


def _kept_apart(amount: re.Match[str]) -> str:
    """Return nothing for an amount with spaces between its digits, all of it else."""
    return "" if " " in amount[0] else amount[0]


def deducted_of(amounts: Sequence[Decimal]) -> Decimal:
    """Return what is missing of the first amount, if the amounts between explain it.

    >>> deducted_of([Decimal(100), Decimal(10), Decimal(90)])
    Decimal('10')
    >>> deducted_of([Decimal(100)])
    Decimal('0')
    >>> deducted_of([Decimal(100), Decimal(7), Decimal(90)])
    Decimal('0')
    """
    if len(amounts) < 3:
        return ZERO
    between = sum((abs(each) for each in amounts[1:-1]), ZERO)
    return between if amounts[0] - between == amounts[-1] else ZERO


def _currencies(row: str, codes: Collection[str]) -> set[str]:
    """Return codes and symbols of currencies in a row.

    >>> sorted(_currencies("INV/USD/1  TAX 5.00 EUR  $3", {"EUR", "USD"}))
    ['$', 'EUR']
    """
    symbols = {each for each in row if unicodedata.category(each) == "Sc"}
    return symbols | (set(CODE.findall(row)) & set(codes))

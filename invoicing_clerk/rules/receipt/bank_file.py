"""Files of a bank or a lockbox with money that came in, however they are written."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..limits import maximum
from .receipt_batch import MAX_RECEIPTS, check_key

SOURCES = [
    ("typed", "Typed"),
    ("sheet", "Spreadsheet"),
    ("camt", "Bank Statement (CAMT)"),
]
ZERO = Decimal(0)


class BankFileError(Exception):
    """A file is not imported; ``code`` says why, ``values`` where and by how much."""

    def __init__(self, code: str, **values: Any) -> None:
        self.code = code
        self.values = values
        super().__init__(code, *values.values())


@dataclass(frozen=True)
class Entry:
    """Money that came in: a row of a sheet, or a credit on a statement.

    ``place`` is the number of the row, or the bank's reference of the entry. By value
    date, bank reference and booking a credit is found again: see `bank_credit`. Equal
    ones of a file are counted by ``occurrence``.
    """

    place: str
    amount: Decimal
    date: datetime.date | None = None
    currency: str = ""
    payer: str = ""
    account: str = ""
    bank: str = ""
    number: str = ""
    reference: str = ""
    text: str = ""
    value_date: datetime.date | None = None
    bank_reference: str = ""
    booking: str = ""
    occurrence: int = 0

    def texts(self) -> tuple[str, ...]:
        return (
            *(self.payer, self.account, self.bank, self.number, self.text),
            *(self.reference, self.bank_reference, self.booking),
        )


@dataclass(frozen=True)
class BankFile:
    """The entries of a file, and the totals that it states of them.

    ``total`` is None where it states none, ``excluded`` the number of entries that are
    no receipts, by reason, ``entered`` the number of those that other files have
    brought, by batch, and ``possible`` those that may be, with their batches.
    """

    entries: tuple[Entry, ...]
    total: Decimal | None = None
    count: int | None = None
    account: str = ""
    message: str = ""
    excluded: tuple[tuple[str, int], ...] = ()
    entered: tuple[tuple[str, int], ...] = ()
    possible: tuple[tuple[Entry, str], ...] = ()

    @property
    def amount(self) -> Decimal:
        return sum((each.amount for each in self.entries), ZERO)

    @property
    def currencies(self) -> list[str]:
        return sorted({each.currency for each in self.entries} - {""})


def compare(
    what: str, stated: Decimal | int, found: Decimal | int, **place: str
) -> None:
    """Compare a total that a file states with its entries.

    >>> compare("total", Decimal("5.00"), Decimal(5))
    >>> try:
    ...     compare("total", Decimal(7), Decimal(5), place="A")
    ... except BankFileError as error:
    ...     print(error.code, error.values["difference"])
    total 2

    :raises BankFileError: they differ
    """
    if stated != found:
        raise BankFileError(
            what, stated=stated, found=found, difference=stated - found, **place
        )


def checked(found: BankFile) -> BankFile:
    """Check the entries of a file, and its totals if it states any.

    >>> def check(*entries, **totals):
    ...     try:
    ...         checked(BankFile(entries, **totals))
    ...     except BankFileError as error:
    ...         print(error.code, *error.values.values())
    >>> check()
    no_entries
    >>> check(Entry("2", ZERO)), check(Entry("2", Decimal("-1")))
    amount 2 0
    amount 2 -1
    (None, None)
    >>> check(Entry("2", Decimal(1)), total=Decimal(3))
    total 3 1 2
    >>> check(Entry("2", Decimal(1)), total=Decimal(1), count=2)
    count 2 1 1
    >>> twins = [Entry(place, Decimal(1), number="7", payer="A") for place in "23"]
    >>> check(*twins)
    twice 7 A 2 3
    >>> check(Entry("1", Decimal(1)), *twins)
    twice 7 A 2 3
    >>> check(Entry("2", Decimal(1), currency="EUR"),
    ...     Entry("3", Decimal(1), currency="USD"))
    currencies ['EUR', 'USD']

    :raises BankFileError: the first thing that is wrong
    """
    if not found.entries:
        raise BankFileError("no_entries")
    if len(found.entries) > MAX_RECEIPTS:
        raise BankFileError("many", count=len(found.entries), most=MAX_RECEIPTS)
    for entry in found.entries:
        if entry.amount <= 0:
            raise BankFileError("amount", place=entry.place, amount=entry.amount)
        if any(len(text) > maximum("char") for text in entry.texts()):
            raise BankFileError("long", place=entry.place)
    if len(found.currencies) > 1:
        raise BankFileError("currencies", names=found.currencies)
    if found.total is not None:
        compare("total", found.total, found.amount)
    if found.count is not None:
        compare("count", found.count, len(found.entries))
    _check_once(found.entries)
    return found


def _check_once(entries: Sequence[Entry]) -> None:
    """:raises BankFileError: a check of one drawer is there twice"""
    seen: dict[str, Entry] = {}
    for entry in entries:
        if not entry.number:
            continue
        key = check_key(entry.number, entry.bank, entry.payer)
        if twin := seen.get(key):
            raise BankFileError(
                "twice",
                number=entry.number,
                payer=entry.payer,
                place=twin.place,
                other=entry.place,
            )
        seen[key] = entry


def kind_of(content: bytes) -> str:
    """Return the kind of a file, determined from its content.

    >>> kind_of(b'\\xef\\xbb\\xbf <?xml version="1.0"?>'), kind_of(b"Date;Amount")
    ('xml', 'sheet')
    >>> kind_of("<Document/>".encode("utf-16")), kind_of(b"PK\\x03\\x04")
    ('xml', 'sheet')
    >>> kind_of(b"%PDF-1.7"), kind_of(b"\\xd0\\xcf\\x11\\xe0"), kind_of(b" \\n")
    ('pdf', 'xls', 'empty')
    >>> kind_of(b":20:STARTUMS\\n:25:1/2"), kind_of(b"{1:F01BANK}{2:O940}")
    ('mt940', 'mt940')
    """
    begin = content[:256].lstrip(b"\xef\xbb\xbf\xfe\xff\0 \t\r\n")
    if not begin:
        return "empty"
    for mark, kind in KINDS.items():
        if begin.startswith(mark):
            return kind
    return "sheet"


KINDS = {
    b"<": "xml",
    b"%PDF": "pdf",
    b"\xd0\xcf\x11\xe0": "xls",
    b":20:": "mt940",
    b"{1:F": "mt940",
}

"""Bank statements in XML: camt.053 (statement) and camt.054 (notification).

All versions of ISO 20022 are read, whatever their namespace: elements are found by
their names. Booked credits become receipts, those of a batch one by one. Before that,
every total that the bank states is compared: of the details of an entry, of the
entries, and of the balances.
"""

from __future__ import annotations

import datetime
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from ..limits import check
from .bank_credit import booking_of
from .bank_file import ZERO, BankFile, BankFileError, Entry, compare

STATEMENTS = {"BkToCstmrStmt": "Stmt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}
INTERIM = "BkToCstmrAcctRpt"
AMOUNT = re.compile(r"\d{1,18}(?:\.\d{1,5})?")
COUNT = re.compile(r"\d{1,15}")
NO_REFERENCE = ("NOTPROVIDED", "NONREF")
DATES = ("Dt", "DtTm")
OPENING, CLOSING = ("OPBD", "PRCD"), "CLBD"


class Node:
    """An element, whose children are found by their names without namespace."""

    def __init__(self, element: Any) -> None:
        self.element = element

    @property
    def name(self) -> str:
        return str(etree.QName(self.element).localname)

    def all(self, path: str) -> Iterator[Node]:
        """Yield the elements at a path, such as ``NtryDtls/TxDtls``."""
        name, _slash, rest = path.partition("/")
        for child in self.element.iterchildren(f"{{*}}{name}"):
            node = Node(child)
            if rest:
                yield from node.all(rest)
            else:
                yield node

    def first(self, *paths: str) -> Node | None:
        """Return the first element at one of some paths."""
        return next((node for path in paths for node in self.all(path)), None)

    def text(self, *paths: str) -> str:
        """Return the first text at one of some paths, in one line."""
        texts = (node.content() for path in paths for node in self.all(path))
        return next(filter(None, texts), "")

    def content(self) -> str:
        return " ".join((self.element.text or "").split())


def read(content: bytes) -> BankFile:
    """Return the credits in a file.

    >>> entry = ('<Ntry><Amt Ccy="EUR">{0}</Amt><CdtDbtInd>{1}</CdtDbtInd>'
    ...     "<Sts>BOOK</Sts><BookgDt><Dt>2026-03-02</Dt></BookgDt></Ntry>")
    >>> def file(*entries, more=""):
    ...     return ("<Document><BkToCstmrDbtCdtNtfctn>"
    ...         f"<GrpHdr><MsgId>M1</MsgId></GrpHdr><Ntfctn>{more}{''.join(entries)}"
    ...         "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>").encode()
    >>> found = read(file(entry.format("50.00", "CRDT"), entry.format("7", "DBIT")))
    >>> [(str(each.amount), each.currency, str(each.date)) for each in found.entries]
    [('50.00', 'EUR', '2026-03-02')]
    >>> found.message, str(found.total), found.count, found.excluded
    ('M1', '50.00', 1, (('debit', 1),))

    Totals that do not agree are refused:

    >>> totals = "<TxsSummry><TtlCdtNtries><Sum>60</Sum></TtlCdtNtries></TxsSummry>"
    >>> try:
    ...     read(file(entry.format("50.00", "CRDT"), more=totals))
    ... except BankFileError as error:
    ...     print(error.code, error.values["difference"])
    credits 10.00

    :raises BankFileError: it is not such a file, or its totals do not agree
    :raises LimitError: it is too large
    """
    root = _parsed(content)
    for name, part in STATEMENTS.items():
        if message := root.first(name):
            return _credits(message, list(message.all(part)))
    if root.first(INTERIM):
        raise BankFileError("interim")
    raise BankFileError("other_xml", name=root.name)


def _parsed(content: bytes) -> Node:
    """Return the root of a file; entities and document types are refused.

    :raises BankFileError: it is not complete, or not harmless
    """
    check("sheet", content)
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        code = "entities" if b"<!DOCTYPE" in content[:4096] else "xml"
        raise BankFileError(code, line=error.lineno) from error
    if root.getroottree().docinfo.doctype:
        raise BankFileError("entities")
    return Node(root)


@dataclass
class _Found:
    """Receipts and excluded entries found so far, in all statements."""

    entries: list[Entry] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)


def _credits(message: Node, statements: list[Node]) -> BankFile:
    found = _Found()
    accounts = {_account(each) for each in statements}
    if len(accounts) > 1:
        raise BankFileError("accounts", names=sorted(accounts))
    for statement in statements:
        _read_statement(statement, found)
    page = message.text("GrpHdr/MsgPgntn/PgNb")
    return BankFile(
        _numbered(found.entries),
        sum((each.amount for each in found.entries), ZERO),
        len(found.entries),
        "".join(accounts),
        "/".join(filter(None, (message.text("GrpHdr/MsgId"), page))),
        tuple(sorted(found.excluded.items())),
    )


def _numbered(entries: list[Entry]) -> tuple[Entry, ...]:
    """Count equal credits, each of which is money by itself."""
    seen: Counter[tuple[Any, ...]] = Counter()
    numbered = []
    for entry in entries:
        reference = entry.bank_reference or entry.reference
        key = (reference, entry.amount, entry.value_date)
        numbered.append(replace(entry, occurrence=seen[key]))
        seen[key] += 1
    return tuple(numbered)


def _account(statement: Node) -> str:
    return statement.text("Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", "")


# Statements


@dataclass(frozen=True)
class _Booking:
    """An entry of a statement: an amount that the bank has credited or debited."""

    node: Node
    place: str
    amount: Decimal
    currency: str
    is_credit: bool
    status: str

    @property
    def signed(self) -> Decimal:
        return self.amount if self.is_credit else -self.amount


def _read_statement(statement: Node, found: _Found) -> None:
    place = statement.text("Id")
    bookings = [
        _booking(node, f"{place} {number}".strip())
        for number, node in enumerate(statement.all("Ntry"), 1)
    ]
    _check_summary(statement, bookings, place)
    _check_balances(statement, bookings, place)
    for booking in bookings:
        if reason := _reason(booking):
            found.excluded[reason] += 1
        else:
            _read_booking(booking, found)


def _booking(node: Node, place: str) -> _Booking:
    place = node.text("NtryRef", "AcctSvcrRef") or place
    amount = node.first("Amt")
    if amount is None:
        raise BankFileError("no_amount", place=place)
    return _Booking(
        node,
        place,
        _amount(amount, place),
        amount.element.get("Ccy", ""),
        _is_credit(node, place),
        node.text("Sts/Cd", "Sts/Prtry", "Sts"),
    )


def _is_credit(node: Node, place: str) -> bool:
    indicator = node.text("CdtDbtInd")
    if indicator not in ("CRDT", "DBIT"):
        raise BankFileError("indicator", place=place)
    return indicator == "CRDT"


def _amount(node: Node, place: str) -> Decimal:
    if not AMOUNT.fullmatch(node.content()):
        raise BankFileError("not_amount", place=place, text=node.content()[:40])
    return Decimal(node.content())


def _reason(booking: _Booking) -> str:
    """Return why an entry is no receipt, or nothing."""
    if booking.status not in ("BOOK", ""):
        return "pending"
    if booking.node.text("RvslInd") in ("true", "1"):
        return "reversal"
    if not booking.is_credit:
        return "debit"
    return "" if booking.amount else "zero"


def _check_summary(statement: Node, bookings: list[_Booking], place: str) -> None:
    """Compare the totals of the entries that the bank states.

    :raises BankFileError: one does not agree
    """
    summary = statement.first("TxsSummry")
    if summary is None:
        return
    of_kind = {
        "TtlNtries": ("entries", bookings),
        "TtlCdtNtries": ("credits", [each for each in bookings if each.is_credit]),
        "TtlDbtNtries": ("debits", [each for each in bookings if not each.is_credit]),
    }
    for name, (code, of_it) in of_kind.items():
        if number := summary.text(f"{name}/NbOfNtries"):
            compare(f"{code}_count", _count(number, place), len(of_it), place=place)
        if total := summary.first(f"{name}/Sum"):
            amounts = sum((each.amount for each in of_it), ZERO)
            compare(code, _amount(total, place), amounts, place=place)
    # The net amount is an element by itself in the first versions.
    nets = ("TtlNtries/TtlNetNtry/Amt", "TtlNtries/TtlNetNtryAmt")
    if net := summary.first(*nets):
        indicator = summary.text(
            "TtlNtries/TtlNetNtry/CdtDbtInd", "TtlNtries/CdtDbtInd"
        )
        sign = -1 if indicator == "DBIT" else 1
        signed = sum((each.signed for each in bookings), ZERO)
        compare("net", sign * _amount(net, place), signed, place=place)


def _count(text: str, place: str) -> int:
    if not COUNT.fullmatch(text):
        raise BankFileError("not_amount", place=place, text=text[:40])
    return int(text)


def _check_balances(statement: Node, bookings: list[_Booking], place: str) -> None:
    """Compare the closing balance with the opening one and the booked entries.

    :raises BankFileError: they do not agree
    """
    balances = {
        node.text("Tp/CdOrPrtry/Cd"): _balance(node, place)
        for node in statement.all("Bal")
    }
    opening = next((balances[code] for code in OPENING if code in balances), None)
    closing = balances.get(CLOSING)
    if opening is None or closing is None:
        return
    booked = [each.signed for each in bookings if each.status in ("BOOK", "")]
    compare("balance", closing, sum(booked, opening), place=place)


def _balance(node: Node, place: str) -> Decimal:
    amount = node.first("Amt")
    if amount is None:
        raise BankFileError("no_amount", place=place)
    found = _amount(amount, place)
    return found if _is_credit(node, place) else -found


# Entries and their details


def _read_booking(booking: _Booking, found: _Found) -> None:
    """Add the receipts of a credit: one, or those of a batch of the bank."""
    details = list(booking.node.all("NtryDtls/TxDtls"))
    _check_batch(booking, details)
    amounts = _detail_amounts(booking, details)
    if details:
        total = sum(amounts, ZERO)
        compare("details", booking.amount, total, place=booking.place)
    own = booking.node.text("AcctSvcrRef")
    for detail, amount in zip(details or [booking.node], amounts, strict=True):
        if amount < 0:
            found.excluded["debit"] += 1
        elif not amount:
            found.excluded["zero"] += 1
        elif detail.first("RtrInf"):
            found.excluded["returned"] += 1
        else:
            of_detail = detail.text("Refs/AcctSvcrRef")
            reference = of_detail if len(details) > 1 else own or of_detail
            found.entries.append(_entry(booking, detail, amount, reference))


def _check_batch(booking: _Booking, details: list[Node]) -> None:
    """:raises BankFileError: number or total of a batch do not agree"""
    batches = list(booking.node.all("NtryDtls/Btch"))
    numbers = [batch.text("NbOfTxs") for batch in batches]
    if details and batches and all(numbers):
        stated = sum(_count(number, booking.place) for number in numbers)
        compare("batch_count", stated, len(details), place=booking.place)
    totals = [batch.first("TtlAmt") for batch in batches]
    if batches and all(totals):
        amounts = [_amount(total, booking.place) for total in totals if total]
        total = sum(amounts, ZERO)
        compare("batch", total, booking.amount, place=booking.place)


def _detail_amounts(booking: _Booking, details: list[Node]) -> list[Decimal]:
    """Return the amounts of the details; of a single one, that of the entry."""
    amounts = []
    for detail in details:
        amount = _detail_amount(booking, detail)
        if amount is None:
            if len(details) > 1:
                raise BankFileError("no_amount", place=booking.place)
            amount = booking.amount
        amounts.append(amount)
    return amounts or [booking.amount]


def _detail_amount(booking: _Booking, detail: Node) -> Decimal | None:
    paths = ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
    for node in (each for path in paths for each in detail.all(path)):
        if node.element.get("Ccy") == booking.currency:
            amount = _amount(node, booking.place)
            return -amount if detail.text("CdtDbtInd") == "DBIT" else amount
    return None


def _entry(
    booking: _Booking, detail: Node, amount: Decimal, bank_reference: str
) -> Entry:
    reference = _reference(detail.text("Refs/EndToEndId"))
    own = _reference(booking.node.text("AcctSvcrRef"))
    return Entry(
        place=booking.place,
        amount=amount,
        date=_date(booking, "BookgDt", "ValDt"),
        currency=booking.currency,
        payer=detail.text(
            *("RltdPties/Dbtr/Pty/Nm", "RltdPties/Dbtr/Nm"),
            *("RltdPties/UltmtDbtr/Pty/Nm", "RltdPties/UltmtDbtr/Nm"),
        ),
        account=detail.text(
            "RltdPties/DbtrAcct/Id/IBAN", "RltdPties/DbtrAcct/Id/Othr/Id"
        ).replace(" ", ""),
        bank=detail.text(
            *("RltdAgts/DbtrAgt/FinInstnId/Nm", "RltdAgts/DbtrAgt/FinInstnId/BICFI"),
            "RltdAgts/DbtrAgt/FinInstnId/BIC",
        ),
        reference=reference,
        text=_text(booking, detail),
        value_date=_date(booking, "ValDt", "BookgDt"),
        bank_reference=_reference(bank_reference),
        booking=booking_of(own, booking.amount),
    )


def _reference(text: str) -> str:
    return "" if text in NO_REFERENCE else text


def _date(booking: _Booking, *names: str) -> datetime.date:
    """Return the first of some dates of an entry.

    :raises BankFileError: it has none, or it is not a date
    """
    text = booking.node.text(*(f"{name}/{kind}" for name in names for kind in DATES))
    try:
        return datetime.date.fromisoformat(text[:10])
    except ValueError as error:
        raise BankFileError("date", place=booking.place, text=text[:40]) from error


def _text(booking: _Booking, detail: Node) -> str:
    """Return what the payer wrote, references with a structure first."""
    paths = (
        *("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Strd/RfrdDocInf/Nb"),
        *("RmtInf/Strd/AddtlRmtInf", "RmtInf/Ustrd"),
    )
    written = [node.content() for path in paths for node in detail.all(path)]
    texts = dict.fromkeys(filter(None, written))
    return " ".join(texts) or detail.text("AddtlTxInf", "AddtlNtryInf")

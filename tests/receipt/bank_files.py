"""Statements and sheets as banks write them, for the tests of their import."""

import io
from decimal import Decimal

from openpyxl import Workbook

OLD = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
NEW = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.13"
NOTICE = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
IBAN = "BE71096123456769"


def detail(amount=None, payer="", text="", **more):
    """Return the details of one payment; ``more`` has the other elements as XML."""
    parties = f"<Dbtr><Nm>{payer}</Nm></Dbtr>" if payer else ""
    parties += more.get("parties", "")
    return "".join(
        (
            "<TxDtls>",
            f"<Refs>{_bank_reference(more)}",
            f"<EndToEndId>{more.get('end_to_end', 'NOTPROVIDED')}</EndToEndId></Refs>",
            f'<Amt Ccy="{more.get("currency", "USD")}">{amount}</Amt>' * bool(amount),
            more.get("before", ""),
            f"<RltdPties>{parties}</RltdPties>" * bool(parties),
            more.get("agents", ""),
            f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>" * bool(text),
            more.get("after", ""),
            "</TxDtls>",
        )
    )


def entry(amount, *details, sign="CRDT", **more):
    """Return an entry of a statement."""
    return "".join(
        (
            "<Ntry>",
            f"<NtryRef>{more['ref']}</NtryRef>" if "ref" in more else "",
            f'<Amt Ccy="{more.get("currency", "USD")}">{amount}</Amt>',
            f"<CdtDbtInd>{sign}</CdtDbtInd>",
            more.get("status", "<Sts>BOOK</Sts>"),
            f"<BookgDt>{more.get('date', '<Dt>2026-03-02</Dt>')}</BookgDt>",
            f"<ValDt>{more['value']}</ValDt>" if "value" in more else "",
            _bank_reference(more),
            more.get("after", ""),
            f"<NtryDtls>{more.get('batch', '')}{''.join(details)}</NtryDtls>",
            "</Ntry>",
        )
    )


def _bank_reference(more):
    reference = more.get("bank_ref")
    return f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""


def balance(code, amount, sign="CRDT"):
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="USD">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd></Bal>'
    )


def statement(*entries, namespace=OLD, message="MSG-1", account=IBAN, **more):
    """Return a file with a statement, as bytes."""
    outer, inner = more.get("kind", ("BkToCstmrStmt", "Stmt"))
    number = f"<Acct><Id><IBAN>{account}</IBAN></Id></Acct>" if account else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{namespace}">'
        f"<{outer}><GrpHdr><MsgId>{message}</MsgId></GrpHdr>"
        f"<{inner}><Id>STM-1</Id>{number}{more.get('totals', '')}"
        f"{''.join(entries)}</{inner}>{more.get('second', '')}</{outer}></Document>"
    ).encode(more.get("encoding", "utf-8"))


def notice(*entries, **more):
    """Return a file with a notification of credits."""
    kind = ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    return statement(*entries, namespace=NOTICE, kind=kind, **more)


def summary(count=None, total=None, name="TtlNtries", more=""):
    number = "" if count is None else f"<NbOfNtries>{count}</NbOfNtries>"
    amount = "" if total is None else f"<Sum>{total}</Sum>"
    return f"<TxsSummry><{name}>{number}{amount}{more}</{name}></TxsSummry>"


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    with io.BytesIO() as content:
        book.save(content)
        return content.getvalue()


def sheet(*rows, separator=";", encoding="utf-8"):
    """Return a text with separators, as bytes."""
    lines = (separator.join(map(str, row)) for row in rows)
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


PARTY = "<Dbtr><Pty><Nm>Acme Ltd</Nm></Pty></Dbtr>"
ACCOUNT = "<DbtrAcct><Id><IBAN>DE89 3704 0044 0532 0130 00</IBAN></Id></DbtrAcct>"
BANK = (
    "<RltdAgts><DbtrAgt><FinInstnId><BICFI>COBADEFF</BICFI></FinInstnId></DbtrAgt>"
    "</RltdAgts>"
)
OLD_AMOUNT = '<AmtDtls><TxAmt><Amt Ccy="USD">{}</Amt></TxAmt></AmtDtls>'
STRUCTURED = (
    "<RmtInf><Ustrd>Invoices of March</Ustrd><Strd><CdtrRefInf><Ref>RF18539007547034"
    "</Ref></CdtrRefInf></Strd></RmtInf>"
)
BOOKED = "<Sts><Cd>BOOK</Cd></Sts>"
BATCH = "<Btch><NbOfTxs>{}</NbOfTxs>{}</Btch>"

# Shapes in which banks send the same two receipts: of 100.00 and of 50.50.
SHAPES = {
    "two entries of version 2": statement(
        entry("100.00", detail("100.00", "Acme Ltd")), entry("50.50", detail("50.50"))
    ),
    "a batch of version 2 with older amounts": statement(
        entry(
            "150.50",
            *(detail(before=OLD_AMOUNT.format(each)) for each in ("100.00", "50.50")),
            batch=BATCH.format(2, '<TtlAmt Ccy="USD">150.50</TtlAmt>'),
        )
    ),
    "version 13 with parties, banks and codes": statement(
        entry(
            "100.00",
            detail("100.00", parties=PARTY + ACCOUNT, agents=BANK, after=STRUCTURED),
            status=BOOKED,
            date="<DtTm>2026-03-02T10:00:00+01:00</DtTm>",
        ),
        entry("50.5", status=BOOKED),
        namespace=NEW,
    ),
    "balances and all totals": statement(
        entry("100.00"),
        entry("30.25", sign="DBIT"),
        entry("50.50"),
        totals=balance("OPBD", "20.00", "DBIT")
        + balance("CLBD", "100.25")
        + "<TxsSummry><TtlNtries><NbOfNtries>3</NbOfNtries><Sum>180.75</Sum>"
        "<TtlNetNtry><Amt>120.25</Amt><CdtDbtInd>CRDT</CdtDbtInd></TtlNetNtry>"
        "</TtlNtries><TtlCdtNtries><NbOfNtries>2</NbOfNtries><Sum>150.50</Sum>"
        "</TtlCdtNtries><TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>30.25</Sum>"
        "</TtlDbtNtries></TxsSummry>",
    ),
    "a notification without account": notice(
        entry("100.00"), entry("50.50"), account=""
    ),
    "no namespace, in UTF-16": statement(
        entry("100.00"), entry("50.50"), namespace="", encoding="utf-16"
    ).replace("UTF-8".encode("utf-16-le"), "UTF-16".encode("utf-16-le")),
    "pending, reversed, returned and empty ones beside": statement(
        entry("100.00"),
        entry("7.00", status="<Sts>PDNG</Sts>"),
        entry("8.00", after="<RvslInd>true</RvslInd>"),
        entry(
            "9.00", detail("9.00", after="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")
        ),
        entry("0.00"),
        entry("50.50"),
    ),
    "two statements of an account": statement(
        entry("100.00"),
        second=f"<Stmt><Id>STM-2</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>"
        f"{entry('50.50')}</Stmt>",
    ),
    "a debit inside of a batch": statement(
        entry(
            "140.50",
            detail("100.00"),
            detail("50.50"),
            detail("10.00", after="<CdtDbtInd>DBIT</CdtDbtInd>"),
        )
    ),
    "values before the balance of the day before": statement(
        entry("100.00"),
        entry("50.50"),
        totals=balance("PRCD", "0.00") + balance("CLBD", "150.50"),
    ),
}

# The same in sheets.
SHEETS = {
    "decimal comma": sheet(
        ("Buchungstag", "Auftraggeber", "Betrag"),
        ("02.03.2026", "Acme Ltd", "100,00"),
        ("02.03.2026", "Köhler", "50,50"),
        encoding="cp1252",
    ),
    "commas, a title above and a total": sheet(
        ("My Bank",),
        (),
        ("Date", "Payer", "Amount", "Text"),
        ("2026-03-02", '"Acme Ltd, London"', "100.00", "INV 1"),
        ("2026-03-02", "Total Energies", "50.50", "INV 2"),
        ("Total (2)", "", "150.50"),
        separator=",",
        encoding="utf-8-sig",
    ),
    "tabs in UTF-16": sheet(
        ("Date", "Name", "Paid"),
        ("03/02/2026", "Ü", "USD 100.00"),
        ("02/28/2026", "B", "50.50"),
        separator="\t",
        encoding="utf-16",
    ),
    "counted at the end": sheet(
        ("Drawer", "Check No.", "Drawer's Bank", "Amount"),
        ("A", "1047", "First Bank", "100.00"),
        ("B", "1047", "First Bank", "50.50"),
        ("Total", "", "", "150.50"),
        ("Number of checks", "2", "", ""),
        separator="|",
    ),
    "workbook": workbook(
        ["Check No.", "Drawer", "Amount"], [1047, "A", 100], [1048, "B", 50.5]
    ),
}


def amounts(found):
    return [str(each.amount.quantize(Decimal("0.01"))) for each in found.entries]

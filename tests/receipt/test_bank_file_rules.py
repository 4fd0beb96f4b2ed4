from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.limits import LimitError
from odoo.addons.invoicing_clerk.rules.receipt import bank_file, camt, column_map
from odoo.addons.invoicing_clerk.rules.receipt.bank_file import BankFileError
from odoo.addons.invoicing_clerk.rules.sheet import SheetError, rows_of
from odoo.addons.invoicing_clerk.tests.properties import property_of

from . import bank_files as files
from .bank_files import BATCH, balance, detail, entry, notice, sheet, statement, summary

LAUGHS = (
    '<!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
    "<Document>&b;</Document>"
)
OUTSIDE = (
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>'
)
# Statements that are refused, and the code of the error.
REFUSED = (
    (statement(entry("5"))[:-40], "xml"),
    (b"<Document>", "xml"),
    (b'<?xml version="1.0" encoding="klingon"?><Document/>', "xml"),
    (LAUGHS.encode(), "entities"),
    (OUTSIDE.encode(), "entities"),
    (LAUGHS.encode("utf-16"), "entities"),
    (b"<html><body>Session expired</body></html>", "other_xml"),
    (statement(kind=("BkToCstmrAcctRpt", "Rpt")), "interim"),
    (statement(), "no_entries"),
    (statement(entry("5", sign="DBIT")), "no_entries"),
    (statement(entry("-5.00")), "not_amount"),
    (statement(entry("5,00")), "not_amount"),
    (statement(entry("5", sign="")), "indicator"),
    (statement(entry("5", date="<Dt>2026-02-30</Dt>")), "date"),
    (statement("<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>"), "no_amount"),
    (statement(entry("5", detail("2"), detail("2"))), "details"),
    (statement(entry("5", detail(), detail("2"))), "no_amount"),
    (statement(entry("5", detail("5"), batch=BATCH.format(2, ""))), "batch_count"),
    (
        statement(entry("5", batch=BATCH.format(2, '<TtlAmt Ccy="USD">6</TtlAmt>'))),
        "batch",
    ),
    (statement(entry("5"), totals=summary(2)), "entries_count"),
    (statement(entry("5"), totals=summary("two")), "not_amount"),
    (statement(entry("5"), totals=summary(1, "6")), "entries"),
    (notice(entry("5"), totals=summary(1, "6", "TtlCdtNtries")), "credits"),
    (notice(entry("5"), totals=summary(0, None, "TtlCdtNtries")), "credits_count"),
    (notice(entry("5"), totals=summary(1, None, "TtlDbtNtries")), "debits_count"),
    (notice(entry("5"), totals=summary(None, "1", "TtlDbtNtries")), "debits"),
    (
        notice(
            entry("5"),
            totals=summary(1, more="<TtlNetNtryAmt>5</TtlNetNtryAmt><CdtDbtInd>DBIT"
            "</CdtDbtInd>"),
        ),
        "net",
    ),
    (
        statement(entry("5"), totals=balance("OPBD", "1") + balance("CLBD", "5")),
        "balance",
    ),
    (
        statement(
            entry("5"),
            second="<Stmt><Id>2</Id><Acct><Id><Othr><Id>77</Id></Othr></Id></Acct></Stmt>",
        ),
        "accounts",
    ),
    (statement(entry("5"), entry("5", currency="EUR")), "currencies"),
    (statement(*[entry("5")] * 1001), "many"),
    (statement(entry("5", detail("5", "x" * 10_001))), "long"),
)  # fmt: skip

HEAD = ("Date", "Payer", "Amount")
DEEP = b"<a>" * 400 + b"</a>" * 400


@tagged("at_install", "-post_install")
class TestBankFileRules(BaseCase):
    """Files of banks, as they are and as they should not be."""

    def _sheet(self, content, **chosen):
        rows = rows_of(content)
        header = column_map.header_row(rows)
        layout = column_map.Layout(column_map.guess(rows[header]), **chosen)
        return bank_file.checked(column_map.read(rows, header, layout))

    def _refuses(self, content, code, read, **chosen):
        with self.assertRaises((BankFileError, SheetError)) as caught:
            read(content, **chosen)
        self.assertEqual(caught.exception.code, code)

    def test_statements(self):
        for name, content in files.SHAPES.items():
            with self.subTest(shape=name):
                found = bank_file.checked(camt.read(content))
                self.assertEqual(files.amounts(found), ["100.00", "50.50"])
                self.assertEqual((found.total, found.count), (Decimal("150.5"), 2))
                self.assertEqual(
                    {str(each.date) for each in found.entries}, {"2026-03-02"}
                )
                self.assertEqual(found.message, "MSG-1")

    def test_what_a_statement_says_of_the_payer(self):
        content = files.SHAPES["version 13 with parties, banks and codes"]
        first = camt.read(content).entries[0]
        self.assertEqual(
            (first.payer, first.account, first.bank, first.reference),
            ("Acme Ltd", "DE89370400440532013000", "COBADEFF", ""),
        )
        self.assertEqual(first.text, "RF18539007547034 Invoices of March")
        content = statement(entry("5", detail("5", end_to_end="E-77")))
        self.assertEqual(camt.read(content).entries[0].reference, "E-77")

    def test_what_is_excluded(self):
        content = files.SHAPES["pending, reversed, returned and empty ones beside"]
        self.assertEqual(
            camt.read(content).excluded,
            (("pending", 1), ("returned", 1), ("reversal", 1), ("zero", 1)),
        )

    def test_statements_that_are_refused(self):
        for content, code in REFUSED:
            with self.subTest(code=code, content=content[:60]):
                self._refuses(
                    content, code, lambda each: bank_file.checked(camt.read(each))
                )
        self._refuses(DEEP, "xml", camt.read)
        with self.assertRaises(LimitError):
            camt.read(b" " * (11 << 20))

    def test_sheets(self):
        for name, content in files.SHEETS.items():
            with self.subTest(sheet=name):
                self.assertEqual(
                    files.amounts(self._sheet(content)), ["100.00", "50.50"]
                )

    def test_sheets_that_are_refused(self):
        day = "2026-03-02"
        for content, code in (
            (b"\n\n", "empty"),
            (sheet(("1", "2"), ("3", "4")), "no_header"),
            (sheet(("Date", "Payer"), (day, "A")), "no_column"),
            (sheet(HEAD), "no_entries"),
            (sheet(HEAD, ("Total", "", "0.00")), "no_entries"),
            (sheet(HEAD, (day, "A", "0.00")), "amount"),
            (sheet(HEAD, (day, "A", "(5.00)")), "amount"),
            (sheet(HEAD, (day, "A", "5.00-")), "amount"),
            (sheet(HEAD, (day, "A", "five")), "not_amount"),
            (sheet(HEAD, (day, "A", "")), "no_amount"),
            (sheet(HEAD, (day, "A", "1,234")), "ambiguous"),
            (sheet(HEAD, ("2026-02-30", "A", "5")), "date"),
            (sheet(HEAD, ("03/04/2026", "A", "5")), "date_order"),
            (sheet(HEAD, ("31/01/26", "A", "5"), ("01/31/26", "B", "5")), "date_order"),
            (sheet(HEAD, (day, "A", "5"), (day, "B")), "row_cut_off"),
            (sheet(HEAD, (day, "A", "5"), ("Total", "", "6.00")), "total"),
            (sheet(HEAD, (day, "A", "5"), ("Total (2)", "", "5.00")), "count"),
            (sheet(HEAD, (day, '"A', "5")), "quotes"),
            (sheet(HEAD, (day, "A", "EUR 5"), (day, "B", "USD 5")), "currencies"),
            (sheet((*HEAD, "Currency"), (day, "A", "EUR 5", "USD")), "currencies"),
            (sheet(HEAD, *[(day, "A", "5")] * 1001), "many"),
            (sheet(HEAD, (day, "x" * 10_001, "5")), "long"),
            (
                sheet(("No.", "Amount"), ("7", "5"), ("8", "6"), ("7", "5")),
                "twice",
            ),
            (b"\xef\xbb\xbfDate;Amount\n\xff;5\n", "encoding"),
            ("Däte;Amount;Ä".encode()[:-1], "cut_off"),
            (b"\x89PNG\r\n\x1a\n\0\0", "binary"),
            (b"PK\x03\x04broken", "workbook"),
        ):  # fmt: skip
            with self.subTest(code=code, content=content[:60]):
                self._refuses(content, code, self._sheet)

    def test_what_a_person_decides(self):
        content = sheet(HEAD, ("03/04/2026", "A", "1.234"))
        for decimal, order, amount, day in (
            (",", "day", "1234", "2026-04-03"),
            (".", "month", "1.2340", "2026-03-04"),
        ):
            found = self._sheet(content, decimal=decimal, order=order).entries[0]
            self.assertEqual((str(found.amount), str(found.date)), (amount, day))
        self._refuses(
            sheet(HEAD, ("", "A", "1.50")), "not_amount", self._sheet, decimal=","
        )
        self._refuses(
            sheet(HEAD, ("31/01/2026", "A", "1")),
            "date_order",
            self._sheet,
            order="month",
        )

    def test_several_columns_of_text(self):
        rows = [["Amount", "Purpose 1", "Purpose 2"], ["5", "INV 1", "INV 2"]]
        layout = column_map.Layout({"amount": [0], "text": [1, 2]})
        found = column_map.read(rows, 0, layout)
        self.assertEqual(found.entries[0].text, "INV 1 INV 2")
        with self.assertRaises(BankFileError) as caught:
            column_map.read(rows, 0, column_map.Layout({"amount": [0, 1]}))
        self.assertEqual(caught.exception.code, "same_column")

    @property_of(40)
    @given(
        st.lists(st.decimals("0.01", "9999999.99", places=2), min_size=1, max_size=30),
        st.sampled_from([(";", ",", "."), (";", ".", ","), ("\t", ",", " ")]),
    )
    def test_the_rows_of_a_sheet_have_its_total(self, paid, marks):
        """However amounts are written, and whatever the total is then."""
        separator, decimal, group = marks
        signs = str.maketrans(",.", f"\0{decimal}")

        def write(amount):
            return f"{amount:,.2f}".translate(signs).replace("\0", group)

        rows = [("", f"P{number}", write(each)) for number, each in enumerate(paid)]
        total = ("Total", "", write(sum(paid)))
        found = self._sheet(sheet(HEAD, *rows, total, separator=separator))
        self.assertEqual([each.amount for each in found.entries], paid)
        self.assertEqual((found.total, found.count), (sum(paid), len(paid)))
        wrong = ("Total", "", write(sum(paid) + Decimal("0.01")))
        self._refuses(
            sheet(HEAD, *rows, wrong, separator=separator), "total", self._sheet
        )

    @property_of(40)
    @given(
        st.lists(
            st.lists(
                st.decimals("0.01", "9999999.99", places=2), min_size=1, max_size=5
            ),
            min_size=1,
            max_size=10,
        ),
        st.decimals("-9999.99", "9999.99", places=2),
    )
    def test_the_receipts_of_a_statement_have_its_total(self, batches, opening):
        entries = [
            entry(sum(batch), *(detail(each) for each in batch)) for batch in batches
        ]
        total = sum(map(sum, batches))

        def read(closing):
            totals = "".join(
                balance(code, abs(each), "CRDT" if each >= 0 else "DBIT")
                for code, each in (("OPBD", opening), ("CLBD", closing))
            )
            return camt.read(statement(*entries, totals=totals))

        found = read(opening + total)
        self.assertEqual(sum(each.amount for each in found.entries), total)
        self.assertEqual(found.count, sum(map(len, batches)))
        with self.assertRaises(BankFileError):
            read(opening + total + Decimal("0.01"))

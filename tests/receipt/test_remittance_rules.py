from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.receipt.remittance import (
    AmountError,
    NoAmountError,
    NoColumnsError,
    ReportedLine,
    amount_of,
    read_rows,
)
from odoo.addons.invoicing_clerk.rules.receipt.remittance_text import (
    UnclearRowError,
    read_text,
)

# Less than one unit: some currencies have thousandths.
MISFITS = (
    ((0, 0), "amount"),
    (("0.5", "0.5"), None),
    (("-0.5", "-0.5"), None),
    ((-5, "-0.5"), None),
)
AMOUNTS = (
    ("9999999999999", 9999999999999),
    ("1.234.567", 1234567),
    ("EURO 5", 5),
)
NOT_AMOUNTS = ("10000000000000", "EUR 5 EUR", "1234.567", "EUROS 5", "1.234.5")


@tagged("at_install", "-post_install")
class TestRemittanceRules(BaseCase):
    """Amounts and columns of advices at the limits of what can be read."""

    def test_misfits(self):
        for amounts, expected in MISFITS:
            with self.subTest(amounts=amounts):
                line = ReportedLine(*map(Decimal, amounts))
                self.assertEqual(line.misfit(), expected)

    def test_amounts(self):
        for text, expected in AMOUNTS:
            with self.subTest(text=text):
                self.assertEqual(amount_of(text), expected)

    def test_what_is_no_amount(self):
        for text in NOT_AMOUNTS:
            with self.subTest(text=text), self.assertRaises(AmountError):
                amount_of(text)

    def test_the_first_document_without_an_amount_is_named(self):
        rows = [["Invoice", "Paid"], ["INV/1", ""], ["INV/2", ""]]
        with self.assertRaisesRegex(NoAmountError, "INV/1"):
            read_rows(rows)

    def test_columns_with_like_titles(self):
        titles = ["Invoice No.", "Invoice Date", "Amount"]
        advice = read_rows([titles, ["INV/1", "31.01.2026", "5.00"]])
        self.assertEqual(advice.lines[0].number, "INV/1")
        titles = ["Invoice Amount", "Invoice No.", "Amount"]
        advice = read_rows([titles, ["9.00", "INV/1", "7.00"]])
        line = advice.lines[0]
        self.assertEqual((line.number, line.amount), ("INV/1", 7))
        titles = ["Invoice", "Amount in document currency", "Amount in EUR"]
        advice = read_rows([titles, ["INV/1", "7.00", "5.00"]])
        self.assertEqual(advice.lines[0].number, "INV/1")
        with self.assertRaises(NoColumnsError):
            read_rows([["Invoice Amount"], ["5.00"]])

    def test_several_amounts_without_titles(self):
        text = "INV/1 100,00 10,00 90,00\nTotal 100,00 10,00 90,00"
        with self.assertRaises(UnclearRowError):
            read_text(text, lambda row: "INV/1" if "INV/1" in row else None)

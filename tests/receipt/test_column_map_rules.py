from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.limits import maximum
from odoo.addons.invoicing_clerk.rules.receipt import bank_file, column_map
from odoo.addons.invoicing_clerk.rules.receipt.bank_file import BankFileError
from odoo.addons.invoicing_clerk.rules.receipt.column_map import Layout

HEAD = ["Date", "Payer", "Amount"]
LAYOUT = Layout({"date": [0], "payer": [1], "amount": [2]})
LONG = "5x" * 40


@tagged("at_install", "-post_install")
class TestColumnMapRules(BaseCase):
    """Header rows, rows that are cut off, totals and dates at their limits."""

    def _read(self, *rows):
        return column_map.read([HEAD, *map(list, rows)], 0, LAYOUT)

    def _error(self, *rows):
        with self.assertRaises(BankFileError) as caught:
            self._read(*rows)
        return caught.exception

    def test_header_row(self):
        above = [["My Bank"]] * (column_map.MOST_ABOVE - 1)
        self.assertEqual(column_map.header_row([*above, HEAD]), 29)
        with self.assertRaises(BankFileError):
            column_map.header_row([*above, ["Page"], HEAD])
        self.assertEqual(column_map.header_row([["Bank"], ["Foo", "Bar"]]), 1)

    def test_rows_that_are_cut_off(self):
        full, short = ("", "A", "1"), ("", "B")
        error = self._error(full, full, short)
        self.assertEqual((error.code, error.values["place"]), ("row_cut_off", "4"))
        # Where other rows are as short, so is this one.
        self.assertEqual(self._error(full, short, short).code, "no_amount")
        self.assertEqual(LAYOUT.cell(["", "B"], "amount"), "")

    def test_totals(self):
        paid = ("", "A", "5.00"), ("", "B", "7")
        for last, total, count in (
            (("Total", "2", "12"), 12, 2),
            (("Total", "2", "9", "12"), 9, 2),
            (("Count", "2", "7"), None, 2),
        ):
            with self.subTest(last=last):
                found = self._read(*paid, last)
                self.assertEqual((found.total, found.count), (total, count))

    def test_a_payer_named_like_a_count(self):
        [found] = self._read(("", "Checks", "5.00")).entries
        self.assertEqual((found.payer, found.occurrence), ("Checks", 0))

    def test_texts_in_errors_are_short(self):
        for row in (("", "A", LONG), (LONG, "A", "5")):
            self.assertEqual(self._error(row).values["text"], LONG[:40])

    def test_dates_that_are_not_clear(self):
        first, other = f"03/04/2026 {LONG}", f"05/06/2026 {LONG}"
        error = self._error((first, "A", "5"), (other, "A", "5"))
        self.assertEqual(
            (error.code, error.values["place"], error.values["text"]),
            ("date_order", "2", first[:40]),
        )

    def test_order_of_dates(self):
        for text, is_day_first in (
            ("25/12/2026", True),
            ("12/25/2026", False),
            ("05/05/2026", True),
        ):
            with self.subTest(text=text):
                found = column_map._is_day_first([(2, text)], "")
                self.assertIs(found, is_day_first)
        with self.assertRaises(BankFileError):
            column_map._is_day_first([(2, "13/14/2026")], "")

    def test_groups_of_digits(self):
        self.assertEqual(column_map._marks("123.456"), ("", "."))
        self.assertEqual(column_map._marks("1234.567"), (".", ""))

    def test_largest_file(self):
        rows = [("", "A", "5")] * bank_file.MAX_RECEIPTS
        rows[0] = ("", "x" * maximum("char"), "5")
        found = bank_file.checked(self._read(*rows))
        self.assertEqual(len(found.entries), bank_file.MAX_RECEIPTS)

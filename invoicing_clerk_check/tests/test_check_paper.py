import shutil
import subprocess
import unittest
from tempfile import NamedTemporaryFile
from xml.etree import ElementTree

from odoo.tests import tagged

from .check_stock import CLEAR_BAND, PANELS, ZONES
from .common import CheckCommon

# Inches: a sixteenth is what a printer is off by.
TOLERANCE = 1 / 16
POINTS = 72
WORD = "{http://www.w3.org/1999/xhtml}word"
PAGE = "{http://www.w3.org/1999/xhtml}page"
# Words of a check, and the field that has each of them.
TEXTS = {
    "01/15/2026": "date",
    "partner_a": "payee",
    "***1,234.56": "figures",
    "One": "words",
    "dollars": "words",
    "Harbour": "address",
    "14201": "address",
    "Rent": "memo",
}


@tagged("post_install", "-at_install")
@unittest.skipUnless(shutil.which("pdftotext"), "poppler is not installed")
class TestCheckPaper(CheckCommon):
    """Every field is where the bank reads it, and nothing is in the clear band."""

    def _pdf(self, payments, layout="top", user=None):
        report = self.env["ir.actions.report"].with_user(user or self.clerk)
        report = report.with_context(force_report_rendering=True)
        name = f"invoicing_clerk_check.action_report_check_{layout}"
        return report._render_qweb_pdf(name, payments.ids)[0]

    def _pages(self, pdf):
        """Return the words of each page: text, left, top, right, bottom in inches."""
        with NamedTemporaryFile(suffix=".pdf") as file:
            file.write(pdf)
            file.flush()
            line = ["pdftotext", "-bbox", file.name, "-"]
            found = subprocess.run(line, check=True, capture_output=True).stdout
        return [
            [
                (
                    word.text,
                    *(
                        float(word.get(name)) / POINTS
                        for name in ("xMin", "yMin", "xMax", "yMax")
                    ),
                )
                for word in page.iter(WORD)
            ]
            for page in ElementTree.fromstring(found).iter(PAGE)
        ]

    def _on_check(self, words, layout):
        """Return the words on the panel of the check, from its upper left corner."""
        begin, end = PANELS[layout]
        return [
            (text, left, top - begin, right, bottom - begin)
            for text, left, top, right, bottom in words
            if bottom > begin and top < end
        ]

    def _check_zone(self, words, text, zone):
        [found] = [word for word in words if word[0] == text]
        left, top, right, bottom = zone
        self.assertGreaterEqual(found[1], left - TOLERANCE, text)
        self.assertGreaterEqual(found[2], top - TOLERANCE, text)
        self.assertLessEqual(found[3], right + TOLERANCE, text)
        self.assertLessEqual(found[4], bottom + TOLERANCE, text)

    def test_fields_are_in_their_zones(self):
        for number, layout in enumerate(PANELS):
            with self.subTest(layout):
                payment = self._payment(1234.56, memo="Rent 0815")
                self._print(payment, str(4200 + number))
                [page] = self._pages(self._pdf(payment, layout))
                words = self._on_check(page, layout)
                for text, name in TEXTS.items():
                    self._check_zone(words, text, ZONES[name])
                self.assertNotIn(str(4200 + number), [word[0] for word in words])
                lowest = max(word[4] for word in words)
                self.assertLessEqual(lowest, 3.5 - CLEAR_BAND)
                outside = [word for word in page if word[1] < 0.25 or word[3] > 8.25]
                self.assertEqual(outside, [])
                stubs = [word[0] for word in page].count(str(4200 + number))
                self.assertEqual(stubs, 2)

    def test_words_and_figures_leave_no_room(self):
        payment = self._payment(7.0)
        self._print(payment)
        [page] = self._pages(self._pdf(payment))
        [filling] = [word for word in page if set(word[0]) == {"*"}]
        self.assertGreater(filling[3], 6.5, "to the end of the line")
        self._check_zone(page, "***7.00", ZONES["figures"])

    def test_long_texts_get_smaller(self):
        self.partner_a.name = "Association " * 7
        payment = self._payment(777_777_777.77)
        check = self._print(payment)
        [page] = self._pages(self._pdf(payment))
        shown = " ".join(word[0] for word in page)
        self.assertIn(check.amount_words, shown)
        self.assertIn("***777,777,777.77", shown)
        for text in ("77/100", "dollars"):
            self._check_zone(page, text, ZONES["words"])
        payee = [word for word in self._on_check(page, "top") if 1.15 < word[2] < 1.4]
        names = [word for word in payee if word[0] == "Association"]
        self.assertEqual(len(names), 7)
        self.assertLessEqual(max(word[3] for word in names), 6.25 + TOLERANCE)

    def test_margins_move_the_text(self):
        company, payment = self.env.company, self._payment(1234.56)
        company.account_check_printing_margin_left = 0.35
        company.account_check_printing_margin_top = 0.15
        self._print(payment)
        [page] = self._pages(self._pdf(payment))
        zone = (6.6, 0.7, 8.1, 0.9)
        self._check_zone(self._on_check(page, "top"), "01/15/2026", zone)

    def test_stock_without_numbers_gets_them(self):
        self.bank.check_manual_sequencing = True
        self.bank.check_next_number = "00777"
        payment = self._payment()
        self._print(payment, None)
        [page] = self._pages(self._pdf(payment))
        words = self._on_check(page, "top")
        self._check_zone(words, "00777", ZONES["number"])

    def test_only_the_first_pdf_is_valid(self):
        payment = self._payment(1234.56)
        check = self._print(payment)
        copies = [
            self._text(self._pdf(payment, user=self.auditor)),
            self._text(self._pdf(payment)),
            self._text(self._pdf(payment)),
        ]
        for copy, is_valid in zip(copies, (False, True, False), strict=True):
            self.assertEqual("***1,234.56" in copy, is_valid)
            self.assertEqual("One thousand two hundred" in copy, is_valid)
            self.assertEqual("COPY – NOT NEGOTIABLE" in copy, not is_valid)
        self.assertTrue(check.handed_out_on)
        self._reprint(check)
        self.assertIn("***1,234.56", self._text(self._pdf(payment)), "the new number")

    def test_a_void_check_says_so(self):
        payment = self._payment(1234.56)
        self._void(self._print(payment))
        text = self._text(self._pdf(payment))
        self.assertIn("VOID", text)
        self.assertNotIn("***1,234.56", text)

    def _text(self, pdf):
        return " ".join(word[0] for page in self._pages(pdf) for word in page)

    def test_stubs_of_many_pages(self):
        self.env.company.account_check_printing_multi_stub = True
        bills = [self._bill(10.0, ref=f"R{number:02d}") for number in range(20)]
        vouchers = self._to_print(*bills) | self._to_print(self._bill(5.0))
        self._print(vouchers)
        pages = self._pages(self._pdf(vouchers.payment_id.sorted("check_number")))
        self.assertEqual(len(pages), 4, "three sheets of the first, one of the second")
        for number, page in enumerate(pages):
            words = [word[0] for word in page]
            is_void = number in (1, 2)
            self.assertEqual(words.count("VOID"), 2 if is_void else 0)
            self.assertEqual("***200.00" in words, number == 0)
        for number in range(20):
            words = [word[0] for page in pages for word in page]
            self.assertEqual(words.count(f"R{number:02d}"), 2, "once on each stub")

    def test_the_language_of_the_bank(self):
        """A French payee of an American bank, printed by a French user."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.partner_a.lang = self.clerk.lang = "fr_FR"
        payment = self._payment(1234.56).with_context(lang="fr_FR")
        check = self._print(payment)
        self.assertEqual(check.amount_words[:16], "One thousand two")
        self.assertEqual(check.amount_figures, "***1,234.56")
        [page] = self._pages(self._pdf(payment))
        words = self._on_check(page, "top")
        self._check_zone(words, "01/15/2026", ZONES["date"])

    def test_no_check_was_printed(self):
        payment = self._payment()
        with self.assertRaisesRegex(Exception, "No check has been printed for"):
            self._pdf(payment)

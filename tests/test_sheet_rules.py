import io
import zipfile

import openpyxl

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules.sheet import SheetError, rows_of, text_of


def workbook(*sheets):
    """Return the content of a workbook, by the rows of each sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def stating(content, old, new):
    """Return a workbook whose first sheet states another size than it has."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in source.namelist():
            text = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = text.replace(old.encode(), new.encode())
            out.writestr(name, text)
    return result.getvalue()


@tagged("at_install", "-post_install")
class TestSheetRules(BaseCase):
    """Spreadsheets that other programs have written, and encodings of short texts."""

    def test_the_first_sheet_is_read_with_rows_of_one_length(self):
        content = workbook([["a", "b"], ["c"]], [["other"]])
        self.assertEqual(rows_of(content), [["a", "b"], ["c", ""]])

    def test_the_stated_size_does_not_matter(self):
        content = workbook([["a", "b"], ["c", "d"]], [["other"]])
        content = stating(content, 'ref="A1:B2"', 'ref="A1:A1"')
        self.assertEqual(rows_of(content), [["a", "b"], ["c", "d"]])

    def test_a_formula_has_the_value_that_was_stored(self):
        self.assertEqual(rows_of(workbook([["=2+3", "5"]])), [["", "5"]])

    def test_encodings(self):
        for content, expected in (
            ("ab".encode("utf-16-le"), "ab"),
            ("5 €".encode("utf-16-le"), "5 €"),
            (b"caf\xe9", "café"),
            ("Mü".encode() + b"\xfc;5", "MÃ¼ü;5"),
        ):
            with self.subTest(content=content):
                self.assertEqual(text_of(content), expected)

    def test_half_of_the_bytes_are_not_enough_for_an_encoding(self):
        with self.assertRaises(SheetError) as caught:
            text_of("a€".encode("utf-16-le"))
        self.assertEqual(caught.exception.code, "binary")

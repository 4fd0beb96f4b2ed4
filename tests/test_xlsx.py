import io
import zipfile
from unittest.mock import patch

import openpyxl

from odoo.tests import BaseCase, tagged

from odoo.addons.invoicing_clerk.rules import limits, xlsx
from odoo.addons.invoicing_clerk.rules.limits import MEGABYTE, LimitError

SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b
"&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>"""


def workbook(parts=(), compression=zipfile.ZIP_DEFLATED):
    """Return a workbook in which parts are replaced or added."""
    plain = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["Request"])
    book.save(plain)
    parts = dict(parts)
    with (
        zipfile.ZipFile(plain) as source,
        io.BytesIO() as out,
    ):
        with zipfile.ZipFile(out, "w", compression) as archive:
            for name in source.namelist():
                if name not in parts:
                    archive.writestr(name, source.read(name))
            for name, content in parts.items():
                archive.writestr(name, content)
        return out.getvalue()


def rows(*cells):
    return HEAD + b"<sheetData>" + b"".join(cells) + b"</sheetData></worksheet>"


@tagged("post_install", "-at_install")
class TestXlsx(BaseCase):
    """Spreadsheets that would fill memory or disk are refused before they are read."""

    def _refused(self, content, expected):
        with self.assertRaises((LimitError, *xlsx.UNREADABLE)) as refusal:
            xlsx.check_workbook(content)
        error = refusal.exception
        kind = error.name if isinstance(error, LimitError) else "damaged"
        self.assertEqual(kind, expected, error)

    def test_ordinary_workbook(self):
        xlsx.check_workbook(workbook())
        xlsx.check_workbook(workbook({"xl/media/a.png": b"\x89PNG"}))

    def test_sizes(self):
        """Each would have been unpacked or padded by the library, up to gigabytes."""
        zeros = b"0" * MEGABYTE
        for parts, expected in (
            ({"xl/media/a.bin": zeros * 65}, "sheet_unpacked"),
            ({f"xl/media/{at}.bin": zeros * 7 for at in range(10)}, "sheet_unpacked"),
            ({f"xl/media/{at}": b"" for at in range(1001)}, "sheet_files"),
            ({SHEET: rows(b'<row r="1048576"/>')}, "sheet_rows"),
            ({SHEET: rows(b"<row/>" * 20_001)}, "sheet_rows"),
            ({SHEET: rows(b'<row><c r="XFD1"/></row>')}, "sheet_columns"),
            ({SHEET: rows(b'<row><c r="A1048576"/></row>')}, "sheet_rows"),
            ({SHEET: rows(b"<row>", b"<c/>" * 500_001, b"</row>")}, "sheet_cells"),
            (
                {"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 200_001 + b"</sst>"},
                "sheet_strings",
            ),
        ):
            with self.subTest(expected):
                self._refused(workbook(parts), expected)
        self._refused(b"PK" + bytes(11 * MEGABYTE), "sheet")

    def test_parts_that_libraries_read_whole(self):
        """Styles, names, attributes and sheets made gigabytes, or minutes, from
        kilobytes: only rows, cells and texts were counted."""
        many = 260_000
        book = f"<workbook><sheets>{'<sheet/>' * 400}</sheets></workbook>".encode()
        styles = b"<styleSheet><cellXfs>" + b"<xf/>" * many + b"</cellXfs></styleSheet>"
        for parts, expected in (
            ({"xl/styles.xml": styles}, "sheet_others"),
            ({"xl/workbook.xml": b"<a>" + b"<definedName/>" * many}, "sheet_others"),
            ({SHEET: HEAD + b"<mergeCell/>" * many}, "sheet_others"),
            ({SHEET: HEAD + b"<a>" * many}, "sheet_others"),
            ({"xl/styles.bin": styles}, "sheet_others"),
            ({SHEET: rows(b"<row><c>", b"<v/>" * 3_000_001)}, "sheet_elements"),
            (
                {"xl/workbook.xml": book, SHEET: rows(b" " * MEGABYTE)},
                "sheet_read",
            ),
        ):
            with self.subTest(expected):
                self._refused(workbook(parts), expected)

    def test_parts_by_any_name(self):
        """The table of contents may call a sheet ``sheet1.dat``: it was not checked."""
        laughs = BILLION_LAUGHS.decode().partition("?>")[2]
        for name in ("xl/worksheets/sheet1.dat", "xl/sheet", "xl/media/a.png"):
            for begin, encoding in (
                ("", "utf-8"),
                (" \r\n\t", "utf-8"),
                ("", "utf-8-sig"),
                ("", "utf-16"),
                ("", "utf-16-le"),
                ("", "utf-16-be"),
            ):
                content = (begin + laughs).encode(encoding)
                self._refused(workbook({name: content}), "damaged")

    def test_ordinary_workbooks_of_many_kinds(self):
        """Formulas, merged cells, links, comments, macros and many styles are read."""
        book = openpyxl.Workbook()
        sheet = book.active
        for number in range(1, 400):
            sheet.append([number, f"=A{number}*2", "text", "http://example.com"])
            sheet.cell(number, 1).font = openpyxl.styles.Font(size=number)
        sheet.merge_cells("F1:H3")
        sheet["A1"].comment = openpyxl.comments.Comment("a", "b")
        sheet["D1"].hyperlink = "http://example.com"
        for number in range(30):
            book.create_sheet(f"Sheet {number}").append(["x"])
        with io.BytesIO() as stream:
            book.save(stream)
            xlsx.check_workbook(stream.getvalue())
        xlsx.check_workbook(workbook({"xl/vbaProject.bin": bytes(9_999)}))

    def test_hostile_parts(self):
        """Entities in any encoding, doubled parts and damage."""
        for parts in (
            {SHEET: BILLION_LAUGHS},
            {"xl/sharedStrings.xml": BILLION_LAUGHS},
            {SHEET: BILLION_LAUGHS.decode().replace("?>", "?>", 1).encode("utf-16")},
            {"xl/styles.xml": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'},
            {"xl/_rels/workbook.xml.rels": b"<!DOCTYPE x><x/>"},
            {SHEET: b"<worksheet>"},
            {SHEET: b""},
            {SHEET.upper(): b"<x/>", SHEET: b"<x/>"},
        ):
            self._refused(workbook(parts), "damaged")
        for content in (b"", b"PK", b"PK\3\4" + bytes(100), workbook()[:-30]):
            self._refused(content, "damaged")

    def test_sizes_that_lie(self):
        """A directory that says 10 bytes, and a part that unpacks to megabytes."""
        content = bytearray(workbook({"xl/media/a.bin": b"0" * (8 * MEGABYTE)}))
        at = content.index(b"PK\1\2", content.rindex(b"PK\3\4"))
        entry = content.rindex(b"PK\1\2")
        self.assertGreaterEqual(entry, at)
        content[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
        with patch.dict(
            limits.LIMITS, {"sheet_unpacked": limits.Limit(MEGABYTE, "byte")}
        ):
            self._refused(bytes(content), "damaged")

    def _archive(self, *parts):
        """Return a ZIP of parts of XML, without a workbook."""
        with io.BytesIO() as out:
            with zipfile.ZipFile(out, "w") as archive:
                for number, part in enumerate(parts):
                    archive.writestr(f"{number}.xml", part)
            return out.getvalue()

    def test_boundaries(self):
        """Exactly the limit is taken, and one more is not, of everything counted."""
        for name, most, parts in (
            ("sheet_files", 2, (b"<a/>", b"<a/>")),
            ("sheet_unpacked", 8, (b"<a/>", b"<b/>")),
            ("sheet_rows", 3, (b"<a><row/><row/><row/></a>",)),
            ("sheet_columns", 27, (b"<a><c r='AA1'/></a>",)),
            ("sheet_strings", 3, (b"<a><si/><si/></a>", b"<si/>")),
            ("sheet_cells", 3, (b"<a><c/><c/></a>", b"<c/>")),
            ("sheet_elements", 6, (b"<a><b x='1' y='2'/></a>", b"<row z='1'/>")),
            ("sheet_others", 5, (b"<a><row><c/></row><b/><b/></a>", b"<a/>")),
            ("sheet_read", 46, (b"<a><sheet/><sheet/></a>", b"<a/>")),
        ):
            content = self._archive(*parts)
            limit = limits.LIMITS[name]
            with self.subTest(name):
                with patch.dict(limits.LIMITS, {name: limit._replace(maximum=most)}):
                    xlsx.check_workbook(content)
                with patch.dict(
                    limits.LIMITS, {name: limit._replace(maximum=most - 1)}
                ):
                    self._refused(content, name)

    def test_flags_of_other_programs(self):
        """Excel marks how well its parts are packed, which is no encryption."""
        content = bytearray(self._archive(b"<a/>"))
        content[content.index(b"PK\3\4") + 6] |= 6
        content[content.index(b"PK\1\2") + 8] |= 6
        xlsx.check_workbook(bytes(content))

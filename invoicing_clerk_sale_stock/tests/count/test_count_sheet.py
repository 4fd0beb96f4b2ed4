import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from odoo.addons.invoicing_clerk.tests.common import blank_pdf

from .common import CountCommon


@tagged("post_install", "-at_install")
class TestCountSheet(CountCommon, HttpCase):
    """The list goes out as a sheet, and comes back with figures."""

    def setUp(self):
        super().setUp()
        self.count = self._started(self._stored(5), self._stored(6), self._stored(7))

    def _book(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        with io.BytesIO() as content:
            book.save(content)
            return base64.b64encode(content.getvalue())

    def _dialog(self, content):
        dialogs = self.env["clerk.count.import"].with_user(self.clerk)
        return dialogs.create(
            {"count_id": self.count.id, "content": content, "file_name": "list.xlsx"}
        )

    def test_dry_run(self):
        names = self.count.line_ids.mapped("name")
        dialog = self._dialog(
            self._book(
                ("No.", "Product", "Counted"),
                (1, names[0], 4),
                (2, names[0], 5),
                (3, None, -1),
                (1, None, 4),
                (9, None, 4),
                (2, None, None),
            )
        )
        problems = dialog.line_ids.mapped("problem")
        self.assertEqual((dialog.good_count, dialog.bad_count), (1, 5))
        self.assertFalse(problems[0])
        for problem, text in zip(
            problems[1:],
            (
                f"is {names[1]} on the list",
                "negative",
                "more than once",
                "no row “9”",
                "more than once",
            ),
            strict=True,
        ):
            self.assertIn(text, problem)
        self.assertFalse(any(self.count.line_ids.mapped("is_counted")))
        dialog.action_enter()
        self.assertEqual(self.count.line_ids.mapped("counted"), ["4", False, False])

    def test_files_that_are_no_lists(self):
        for content, text in (
            (self._book(("Product", "Counted"), ("A", 1)), "column “No.” is missing"),
            (base64.b64encode(b"PK\3\4 no sheet"), "not a readable spreadsheet"),
            (self._book(()), "empty"),
        ):
            dialog = self._dialog(content)
            self.assertIn(text, dialog.problem)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                dialog.action_enter()

    def test_list_for_download(self):
        self.clerk.password = "clerk_a"
        self.count.line_ids[0].remark = "=1+1"
        url = self.count.action_export()["url"]
        self.authenticate("clerk_a", "clerk_a")
        answer = self.url_open(url)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        rows = list(sheet.iter_rows(values_only=True))
        self.assertEqual(rows[0][5], "Counted")
        self.assertEqual(rows[1][6], "=1+1")
        self.assertEqual([row[5] for row in rows[1:]], [None] * 3)
        self.clerk_b.password = "clerk_b"
        self.authenticate("clerk_b", "clerk_b")
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_printed_list(self):
        def html():
            reports = self.env["ir.actions.report"].with_user(self.clerk)
            return reports._render_qweb_html(
                "invoicing_clerk_sale_stock.report_count", self.count.ids
            )[0].decode()

        self.assertNotIn("On Hand", html())
        self.count.line_ids.counted = "4"
        self.count.action_enter()
        self.assertIn("On Hand", html())

    def test_sheet_is_evidence(self):
        dialog = (
            self.env["clerk.count.attach"]
            .with_user(self.clerk)
            .create(
                {
                    "count_id": self.count.id,
                    "document": base64.b64encode(blank_pdf()),
                    "document_name": "sheet.pdf",
                }
            )
        )
        dialog.action_attach()
        self.assertEqual(self.count.sheet_id.name, "sheet.pdf")
        self.assertTrue(self.count.sheet_hash)
        with self.assertRaisesRegex(UserError, "kept already"):
            dialog.action_attach()
        with self.assertRaises(AccessError):
            self.count.sheet_id.sudo().unlink()

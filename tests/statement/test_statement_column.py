import io
from unittest.mock import patch

from lxml.html import fromstring
from openpyxl import load_workbook

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.rules.statement.statement_column import Column
from odoo.addons.invoicing_clerk.tests.statement.test_statement_portal import (
    StatementPortalCommon,
)


def _column_sql(_lines, _section):
    return {
        "x_purchase_order": SQL(
            "(SELECT move.invoice_origin FROM account_move AS move"
            " WHERE move.id = line.move_id)"
        )
    }


@tagged("post_install", "-at_install")
class TestStatementColumn(StatementPortalCommon, HttpCase):
    """A column that another module adds: stored, sealed, and shown everywhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(cls.registry.reset_changes)
        cls.env["ir.model.fields"].create(
            {
                "name": "x_purchase_order",
                "field_description": "Purchase Order",
                "model_id": cls.env["ir.model"]._get_id("clerk.statement.line"),
                "ttype": "char",
            }
        )
        cls._extend("clerk.statement.line", "_column_sql", _column_sql)
        base = cls.registry["clerk.statement"]._document_columns
        order = Column(
            "order", "Purchase Order", "text", lambda line: line.x_purchase_order
        )
        cls._extend(
            "clerk.statement", "_document_columns", lambda self: [*base(self), order]
        )
        cls.invoice.invoice_origin = "PO-4711"

    @classmethod
    def _extend(cls, model, name, function):
        patcher = patch.object(cls.registry[model], name, function)
        cls.startClassPatcher(patcher)

    def setUp(self):
        super().setUp()
        self.forward_run = self._run(
            fields.Date.to_string(self.last_month),
            type="forward",
            date_from="2026-01-01",
        )
        self.forward = self._statement(self.forward_run)

    def _reports(self):
        return self.env["ir.actions.report"].with_user(self.clerk)

    def _open_line(self):
        return self.forward.line_ids.filtered(lambda line: line.section == "open")

    def test_stored_in_both_sections(self):
        lines = self.forward.line_ids
        self.assertEqual(set(lines.mapped("section")), {"open", "movement"})
        self.assertEqual(set(lines.mapped("x_purchase_order")), {"PO-4711"})

    def test_sealed(self):
        self.assertFalse(self.forward._with_broken_seal())
        self._open_line().sudo().x_purchase_order = "PO-4712"
        self.assertEqual(self.forward._with_broken_seal(), self.forward)

    def test_seal_of_a_statement_without_it_still_holds(self):
        """Statements that were computed before the module was installed."""
        self.assertFalse(
            set(self.statement.line_ids.mapped("x_purchase_order")) - {False}
        )
        self.assertFalse(self.statement._with_broken_seal())

    def test_pdf(self):
        page, _kind = self._reports()._render_qweb_html(
            "invoicing_clerk.report_statement", self.forward.ids
        )
        tables = fromstring(page).xpath("//div[@class='page']//table[thead]")
        self.assertEqual(len(tables), 2)
        for table in tables:
            heads = [head.text_content().strip() for head in table.xpath("./thead//th")]
            column = heads.index("Purchase Order") - ("Open Items" in heads)
            row = next(
                row
                for row in table.xpath("./tbody/tr")
                if self.invoice.name in row.text_content()
            )
            cells = [cell.text_content().strip() for cell in row.xpath("./td")]
            self.assertEqual(cells[column], "PO-4711")

    def test_pdf_totals_stay_in_their_columns(self):
        page, _kind = self._reports()._render_qweb_html(
            "invoicing_clerk.report_statement", self.forward.ids
        )
        for table in fromstring(page).xpath("//div[@class='page']//table[thead]"):
            columns = len(table.xpath("./thead/tr[last()]/th"))
            for row in table.xpath("./tbody/tr"):
                widths = [int(cell.get("colspan", 1)) for cell in row.xpath("./td")]
                self.assertEqual(sum(widths), columns)

    def test_spreadsheet(self):
        book = load_workbook(io.BytesIO(self.forward._xlsx()))
        rows = [[cell.value for cell in row] for row in book["USD"].iter_rows()]
        for head in (row for row in rows if "Purchase Order" in row):
            column = head.index("Purchase Order")
            line = next(
                row for row in rows[rows.index(head) :] if self.invoice.name in row
            )
            self.assertEqual(line[column], "PO-4711")
        self.assertEqual(len([row for row in rows if "Purchase Order" in row]), 2)

    def test_portal(self):
        self.forward_run.sudo().state = "done"
        self.authenticate(self.customer.login, self.customer.login)
        page = fromstring(self.url_open(self.forward.access_url).text)
        [form] = page.xpath("//form[contains(@class, 'o_portal_statement_report')]")
        heads = [head.text_content().strip() for head in form.xpath(".//thead//th")]
        [row] = [
            row
            for row in form.xpath(".//tbody/tr")
            if self.invoice.name in row.text_content()
        ]
        cells = [cell.text_content().strip() for cell in row.xpath("./td")]
        self.assertEqual(cells[heads.index("Purchase Order")], "PO-4711")

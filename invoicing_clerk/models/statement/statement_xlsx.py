from odoo import models

from ...rules.statement.statement_column import position
from ..mixin.workbook import amount_format, workbook_content
from .statement_delivery_document import REPORT

MIMETYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ClerkStatement(models.Model):
    """A statement as a spreadsheet, for customers who reconcile with it."""

    _inherit = "clerk.statement"

    def action_xlsx(self):
        self.ensure_one()
        self.check_access("read")
        self._check_can_be_shown()
        return {
            "type": "ir.actions.act_url",
            "url": f"/statements/{self.id}/xlsx",
            "target": "download",
        }

    def _document_file(self, kind):
        """Return name, MIME type and content of the statement as ``pdf`` or ``xlsx``.

        :raises AccessError: the user may not read it, or it is not as it was stored
        :raises UserError: its lines were deleted after the retention period
        """
        self.ensure_one()
        self.check_access("read")
        self._check_can_be_shown()
        content = self._xlsx() if kind == "xlsx" else self._pdf()
        return f"{self._document_name()}.{kind}", MIMETYPES[kind], content

    def _pdf(self):
        """Return the PDF that was sent, or else render it."""
        self._check_evidence("document_id")
        if self.document_id:
            return self.document_id.raw
        report = self.env["ir.actions.report"].with_company(self.company_id)
        return report._render_qweb_pdf(REPORT, self.ids)[0]

    def _xlsx(self):
        """Return the workbook, with a sheet for each currency."""
        self.ensure_one()
        statement = self.with_context(lang=self._document_lang())
        return workbook_content(statement._write_blocks)

    def _write_blocks(self, book):
        for block in self._document_blocks():
            self._write_sheet(book, block)
        if not book.worksheets():
            self._write_head(book, book.add_worksheet())

    def _write_sheet(self, book, block):
        currency = block["currency"]
        sheet = book.add_worksheet(currency.name)
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            "amount": book.add_format({"num_format": amount_format(currency)}),
        }
        row = self._write_head(book, sheet)
        if block["has_movements"]:
            row = self._write_movements(sheet, formats, row, block)
        if block["open"]:
            columns = self._columns_in("xlsx", "open")
            row = self._write_lines(sheet, formats, row, columns, block["open"]) + 1
        self._write_ageing(sheet, formats, row, block)
        sheet.set_column(0, sheet.dim_colmax, 15)

    def _write_head(self, book, sheet):
        sheet.write(0, 0, self._document_title(), book.add_format({"bold": True}))
        sheet.write(1, 0, self.partner_id.display_name)
        sheet.write(2, 0, self._document_intro())
        return 4

    def _write_movements(self, sheet, formats, row, block):
        columns = self._columns_in("xlsx", "movement")
        balance = position(columns, "balance")
        sheet.write(row + 1, 1, self.env._("Opening Balance"))
        sheet.write(row + 1, balance, block["balance"].opening, formats["amount"])
        lines = block["movements"]
        return self._write_lines(sheet, formats, row, columns, lines, skip=1) + 1

    def _write_lines(self, sheet, formats, row, columns, lines, skip=0):
        """Write a heading and a row for each line.

        :param skip: rows to leave free under the heading
        :return: the row after the last line
        """
        for at, column in enumerate(columns):
            sheet.write(row, at, column.label, formats["head"])
        first = row + 1 + skip
        for row_at, line in enumerate(lines, first):
            for at, column in enumerate(columns):
                value = column.value(line)
                if value is None or value is False:
                    value = ""
                sheet.write(row_at, at, value, formats.get(column.kind))
        return first + len(lines)

    def _write_ageing(self, sheet, formats, row, block):
        for column, (name, amount) in enumerate(block["ageing"]):
            sheet.write(row, column, name, formats["head"])
            sheet.write(row + 1, column, amount, formats["amount"])

import io

import xlsxwriter

from odoo import models

COLUMNS = 8


class ClerkStatement(models.Model):
    """A statement as a spreadsheet, for customers who reconcile with one."""

    _inherit = "clerk.statement"

    def action_xlsx(self):
        self.ensure_one()
        self._check_not_reduced()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/statements/{self.id}/xlsx",
            "target": "download",
        }

    def _xlsx(self):
        """The workbook, a sheet for each currency; amounts and dates can be summed."""
        self.ensure_one()
        statement = self.with_context(lang=self._document_lang())
        with io.BytesIO() as content:
            # Texts stay texts: a name that begins with = is no formula.
            options = {"in_memory": True, "strings_to_formulas": False}
            options["strings_to_urls"] = False
            book = xlsxwriter.Workbook(content, options)
            for block in statement._document_blocks():
                statement._write_sheet(book, block)
            if not book.worksheets():
                statement._write_head(book, book.add_worksheet())
            book.close()
            return content.getvalue()

    def _write_sheet(self, book, block):
        currency = block["currency"]
        sheet = book.add_worksheet(currency.name)
        decimals = (
            "." + "0" * currency.decimal_places if currency.decimal_places else ""
        )
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "bold": book.add_format({"bold": True}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
            "money": book.add_format({"num_format": f"#,##0{decimals}"}),
        }
        row = self._write_head(book, sheet)
        if block["has_movements"]:
            row = self._write_movements(sheet, formats, row, block)
        if block["open"]:
            row = self._write_open(sheet, formats, row, block)
        self._write_ageing(sheet, formats, row, block)
        sheet.set_column(0, COLUMNS, 15)

    def _write_head(self, book, sheet):
        sheet.write(0, 0, self._document_title(), book.add_format({"bold": True}))
        sheet.write(1, 0, self.partner_id.display_name)
        sheet.write(2, 0, self._document_intro())
        return 4

    def _write_movements(self, sheet, formats, row, block):
        names = (
            self.env._("Date"),
            self.env._("Document"),
            self.env._("Your reference"),
            self.env._("Amount"),
            self.env._("Balance"),
        )
        self._write_row(sheet, row, names, formats["head"])
        self._write_row(
            sheet, row + 1, ("", self.env._("Opening balance"), "", ""), None
        )
        sheet.write(row + 1, 4, block["balance"].opening, formats["money"])
        for at, line in enumerate(block["movements"], row + 2):
            sheet.write(at, 0, line.date, formats["date"])
            self._write_row(sheet, at, (line.name, line.ref), None, first=1)
            sheet.write(at, 3, line.amount, formats["money"])
            sheet.write(at, 4, line.balance, formats["money"])
        return row + 3 + len(block["movements"])

    def _write_open(self, sheet, formats, row, block):
        names = (
            self.env._("Date"),
            self.env._("Document"),
            self.env._("Your reference"),
            self.env._("Due"),
            self.env._("Days late"),
            self.env._("Amount"),
            self.env._("Open"),
            self.env._("Note"),
        )
        self._write_row(sheet, row, names, formats["head"])
        for at, line in enumerate(block["open"], row + 1):
            sheet.write(at, 0, line.date, formats["date"])
            self._write_row(sheet, at, (line.name, line.ref), None, first=1)
            sheet.write(at, 3, line.due_date or "", formats["date"])
            sheet.write(at, 4, line.days_overdue)
            sheet.write(at, 5, line.amount, formats["money"])
            sheet.write(at, 6, line.open_amount, formats["money"])
            sheet.write(at, 7, self._mark(line))
        return row + 2 + len(block["open"])

    def _write_ageing(self, sheet, formats, row, block):
        for column, (name, amount) in enumerate(block["ageing"]):
            sheet.write(row, column, name, formats["head"])
            sheet.write(row + 1, column, amount, formats["money"])

    def _write_row(self, sheet, row, values, style, first=0):
        for column, value in enumerate(values, first):
            sheet.write(row, column, value or "", style)

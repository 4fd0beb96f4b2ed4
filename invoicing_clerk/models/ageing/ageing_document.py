import io

import xlsxwriter

from odoo import api, models
from odoo.tools import format_date

from ..mixin.amount import amount_text
from ..statement.statement_xlsx import MIMETYPES
from .ageing_row import BUCKETS

REPORT = "invoicing_clerk.action_report_ageing"
# A PDF with more rows is read by nobody: it has totals and proof only.
MOST_PRINTED = 2000
DETAILS = ("item_count", "date_due")
ITEM_COLUMNS = (
    *("row_id", "name", "ref", "date", "due_date", "days_overdue", "currency_id"),
    *("amount", "open_amount", "open_company", "disputed", "promised"),
)


class ClerkAgeing(models.Model):
    """Prints a report as a PDF and writes it to a spreadsheet."""

    _inherit = "clerk.ageing"

    def action_pdf(self):
        """Download the report as a PDF."""
        return self._download("pdf")

    def action_xlsx(self):
        """Download the report as a spreadsheet."""
        return self._download("xlsx")

    def _download(self, kind):
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/ageing/{self.id}/{kind}",
            "target": "download",
        }

    def _document_file(self, kind):
        """Return name, MIME type and content of the report as ``pdf`` or ``xlsx``.

        :raises AccessError: the user may not read it, or it is not as it was frozen
        """
        self.ensure_one()
        self.check_access("read")
        piece = {"pdf": "document_id", "xlsx": "sheet_id"}[kind]
        # sudo: the file belongs to a report that the caller may read.
        stored = self.sudo()[piece]
        if stored:
            self._check_evidence(piece, "content")
            content = stored.raw
        else:
            content = self._xlsx() if kind == "xlsx" else self._pdf()
        name = f"{self.name} {self.company_id.name}.{kind}"
        return name, MIMETYPES[kind], content

    def _pdf(self):
        report = self.env["ir.actions.report"].with_company(self.company_id)
        rendering = report.with_context(force_report_rendering=True)
        return rendering._render_qweb_pdf(REPORT, self.ids)[0]

    # Columns

    def _amount_columns(self):
        """Return names and labels of the amounts of a row, in company currency."""
        labels = dict(zip(BUCKETS, self._bucket_labels(), strict=True))
        names = [name for name in BUCKETS if labels[name]] + ["unapplied"]
        if not self.currency_id.is_zero(self.exchange):
            names.append("exchange")
        row = self.env["clerk.ageing.row"]
        return {
            f"{name}_company": labels.get(name)
            or row._fields[f"{name}_company"]._description_string(self.env)
            for name in (*names, "balance", "disputed", "promised")
        }

    def _column_totals(self):
        """Return the sums of the amounts, by column."""
        columns = list(self._amount_columns())
        [sums] = self.env["clerk.ageing.row"]._read_group(
            [("ageing_id", "=", self.id)], [], [f"{name}:sum" for name in columns]
        )
        return dict(zip(columns, sums, strict=True))

    def _currency_totals(self):
        """Return currency and balance in it, of currencies other than the company's."""
        totals = self.env["clerk.ageing.row"]._read_group(
            [("ageing_id", "=", self.id)],
            ["currency_id"],
            ["balance:sum", "balance_company:sum"],
        )
        return [
            (currency, balance, company)
            for currency, balance, company in totals
            if currency != self.currency_id
        ]

    def _selection_texts(self):
        """Return the filters of the report, as a reader of the PDF needs them."""
        return [
            f"{self._fields[name]._description_string(self.env)}: "
            + ", ".join(self[name].mapped("display_name"))
            for name in ("partner_ids", "user_ids", "currency_ids", "account_ids")
            if self[name]
        ]

    # Spreadsheet

    def _xlsx(self):
        """Return the workbook: rows, proof, and the items of a frozen report."""
        with io.BytesIO() as content:
            # Text is never a formula, even if it begins with "=".
            options = {"in_memory": True, "strings_to_formulas": False}
            options["strings_to_urls"] = False
            book = xlsxwriter.Workbook(content, options)
            self._write_rows(book)
            self._write_proof(book)
            if self.frozen_on:
                self._write_items(book)
            book.close()
            return content.getvalue()

    def _write_rows(self, book):
        amounts = self._amount_columns()
        row = self.env["clerk.ageing.row"]
        head = [
            row._fields[name]._description_string(self.env)
            for name in ("partner_id", "account_id", "user_id", "currency_id")
        ]
        head += [row._fields["balance"]._description_string(self.env)]
        head += [row._fields[name]._description_string(self.env) for name in DETAILS]
        lines = [
            (
                each.customer_name or self.env._("No Customer"),
                each.account_name,
                each.user_id.name or "",
                each.currency_id.name,
                each.balance,
                each.item_count,
                each.date_due or "",
                *(each[name] for name in amounts),
            )
            for each in self.row_ids
        ]
        title = self._sheet_title(self.env._("Ageing"))
        self._write_sheet(book, title, [*head, *amounts.values()], lines)

    def _write_proof(self, book):
        names = ("account_name", "ledger", "reported", "excluded", "difference")
        proof = self.env["clerk.ageing.proof"]
        head = [proof._fields[name]._description_string(self.env) for name in names]
        lines = [[each[name] for name in names] for each in self.proof_ids]
        self._write_sheet(book, self._sheet_title(self.env._("Proof")), head, lines)

    def _write_items(self, book):
        items = self.env["clerk.ageing.item"].search([("ageing_id", "=", self.id)])
        head = [
            items._fields[name]._description_string(self.env) for name in ITEM_COLUMNS
        ]
        lines = [
            [
                value.display_name if isinstance(value, models.BaseModel) else value
                for value in (each[name] for name in ITEM_COLUMNS)
            ]
            for each in items
        ]
        title = self._sheet_title(self.env._("Open Items"))
        self._write_sheet(book, title, head, lines)

    def _sheet_title(self, name):
        """Return the name of a sheet, and the line above its columns."""
        as_of = self.env._(
            "%(company)s: %(sheet)s as of %(date)s, amounts in %(currency)s",
            company=self.company_id.name,
            sheet=name,
            date=format_date(self.env, self.date),
            currency=self.currency_id.name,
        )
        return name, as_of

    @api.model
    def _write_sheet(self, book, title, head, lines):
        name, as_of = title
        sheet = book.add_worksheet(name)
        bold = book.add_format({"bold": True})
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        formats = {
            float: book.add_format({"num_format": "#,##0.00"}),
            int: book.add_format({"num_format": "0"}),
        }
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        sheet.write(0, 0, as_of, bold)
        for column, label in enumerate(head):
            sheet.write(2, column, label, heading)
        for number, cells in enumerate(lines, 3):
            for column, cell in enumerate(cells):
                value = "" if cell is None or cell is False else cell
                kind = formats.get(type(value)) or (
                    None if isinstance(value, str) else day
                )
                sheet.write(number, column, value, kind)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(head), 16)
        sheet.freeze_panes(3, 1)


class ReportAgeing(models.AbstractModel):
    """The PDF of a report."""

    _name = "report.invoicing_clerk.report_ageing"
    _description = "Aged Receivables as PDF"

    @api.model
    def _get_report_values(self, docids, data=None):
        """:raises AccessError: the figures are not those that were frozen"""
        reports = self.env["clerk.ageing"].browse(docids)
        reports._check_evidence("content")
        return {
            "docs": reports,
            "rows_of": {
                report.id: report.row_ids
                for report in reports
                if report.row_count <= MOST_PRINTED
            },
            "amount_text": amount_text,
        }

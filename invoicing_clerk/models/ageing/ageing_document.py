from datetime import date

from odoo import api, models
from odoo.tools import format_date, format_datetime

from ..mixin.amount import amount_text
from ..mixin.workbook import amount_format, workbook_content
from ..statement.statement_xlsx import MIMETYPES
from .ageing import FILTERS
from .ageing_row import BUCKETS

REPORT = "invoicing_clerk.action_report_ageing"
# A PDF with more rows is read by nobody: it has totals and proof only.
MOST_PRINTED = 2000
# More items take longer than a request may: the spreadsheet then has rows and proof.
MOST_LINES = 50_000
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
            for name in FILTERS
            if self[name]
        ]

    # Spreadsheet

    def _xlsx(self):
        """Return the workbook: rows, proof, and the items of a frozen report."""
        return workbook_content(self._write_sheets)

    def _write_sheets(self, book):
        self._write_rows(book)
        self._write_proof(book)
        if self.frozen_on and sum(self.row_ids.mapped("item_count")) <= MOST_LINES:
            self._write_items(book)

    def _write_rows(self, book):
        amounts = self._amount_columns()
        names = ("partner_id", "account_id", "user_id", "currency_id", "balance")
        head = self._labels_of("clerk.ageing.row", (*names, *DETAILS))
        lines = [
            (
                each.customer_name or self.env._("No Customer"),
                each.account_name,
                each.user_id.name,
                each.currency_id.name,
                (each.currency_id, each.balance),
                each.item_count,
                each.date_due,
                *((self.currency_id, each[name]) for name in amounts),
            )
            for each in self.row_ids
        ]
        title = self.env._("Ageing")
        self._write_sheet(book, title, [*head, *amounts.values()], lines)

    def _write_proof(self, book):
        amounts = ("ledger", "reported", "excluded", "difference")
        head = self._labels_of("clerk.ageing.proof", ("account_name", *amounts))
        lines = [
            (
                each.account_name,
                *((self.currency_id, each[name]) for name in amounts),
            )
            for each in self.proof_ids
        ]
        self._write_sheet(book, self.env._("Proof"), head, lines)

    def _write_items(self, book):
        items = self.env["clerk.ageing.item"].search([("ageing_id", "=", self.id)])
        head = self._labels_of(items._name, ITEM_COLUMNS)
        lines = [[each._cell(name) for name in ITEM_COLUMNS] for each in items]
        self._write_sheet(book, self.env._("Open Items"), head, lines)

    @api.model
    def _labels_of(self, model, names):
        known = self.env[model]._fields
        return [known[name]._description_string(self.env) for name in names]

    def _sheet_title(self, name):
        return self.env._(
            "%(company)s: %(sheet)s as of %(date)s, amounts in %(currency)s; disputed "
            "and promised as of %(computed)s",
            company=self.company_id.name,
            sheet=name,
            date=format_date(self.env, self.date),
            currency=self.currency_id.name,
            computed=format_datetime(self.env, self.computed_on, dt_format="short"),
        )

    def _write_sheet(self, book, name, head, lines):
        """Add a sheet.

        :param lines: cells of each row: amounts as (currency, amount), else values
        """
        sheet = book.add_worksheet(name)
        heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        sheet.write(0, 0, self._sheet_title(name), book.add_format({"bold": True}))
        for column, label in enumerate(head):
            sheet.write(2, column, label, heading)
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        formats = {
            currency: book.add_format({"num_format": amount_format(currency)})
            for currency in self.row_ids.currency_id | self.currency_id
        }
        for number, cells in enumerate(lines, 3):
            for column, cell in enumerate(cells):
                if isinstance(cell, tuple):
                    currency, amount = cell
                    sheet.write(number, column, amount, formats[currency])
                elif cell is not False and cell is not None:
                    is_date = isinstance(cell, date)
                    sheet.write(number, column, cell, day if is_date else None)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, len(head), 16)
        sheet.freeze_panes(3, 1)


class ClerkAgeingItem(models.Model):
    _inherit = "clerk.ageing.item"

    def _cell(self, name):
        """Return a field as a cell of a spreadsheet."""
        field, value = self._fields[name], self[name]
        if field.type == "monetary":
            return self[field.get_currency_field(self)], value
        return value.display_name if field.relational else value


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

import base64

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.mixin.amount import amount_text
from ...models.mixin.pdf_document import DamagedPdfError, open_pdf
from ...rules.limits import decoded_size
from ...rules.receipt import remittance as rules
from ...rules.receipt.remittance_text import UnclearRowError, read_text

# Pages of a PDF; a payer who names more documents sends a sheet.
MOST_PAGES = 50


class ClerkRemittanceImport(models.TransientModel):
    """Read the lines of a remittance advice from a file: all of them, or none."""

    _name = "clerk.remittance.import"
    _description = "Import Remittance Advice"
    _inherit = "clerk.checked"

    remittance_id = fields.Many2one(
        "clerk.remittance", string="Remittance Advice", required=True, readonly=True
    )
    content = fields.Binary(
        string="File",
        required=True,
        attachment=False,
        help="A spreadsheet (.xlsx, .csv) or a PDF with text.",
    )
    file_name = fields.Char()

    def action_import(self):
        """Replace the lines of the advice by those of the file."""
        self.ensure_one()
        self.remittance_id.check_access("write")
        content = self._decoded()
        is_pdf = content.startswith(b"%PDF")
        advice = self._read_pdf(content) if is_pdf else self._read_sheet(content)
        self._check_advice(advice)
        self.remittance_id._replace_lines(advice, "pdf" if is_pdf else "sheet")
        return {"type": "ir.actions.act_window_close"}

    def _decoded(self):
        encoded = self.with_context(bin_size=False).content
        what = self.file_name or self.env._("The file")
        self.env["clerk.limited"]._check_limit("sheet", decoded_size(encoded), what)
        return base64.b64decode(encoded)

    def _check_advice(self, advice):
        """:raises UserError: there are no lines, or they do not add up"""
        if not advice.lines:
            raise UserError(
                self.env._("No lines with a document and an amount were found.")
            )
        currency = self.remittance_id.currency_id
        self._check_currency(advice, currency)
        if not currency.is_zero(float(advice.difference)):
            raise UserError(
                self.env._(
                    "The lines differ from the stated total of %(total)s by "
                    "%(difference)s. Nothing was imported: check the file, or enter "
                    "the lines.",
                    total=amount_text(currency, advice.total),
                    difference=amount_text(currency, advice.difference),
                )
            )
        self._check_entered(advice, currency)

    def _check_entered(self, advice, currency):
        """:raises UserError: another total was entered before"""
        entered, stated = self.remittance_id.total, advice.total
        if (
            entered
            and stated is not None
            and currency.compare_amounts(entered, float(stated))
        ):
            raise UserError(
                self.env._(
                    "The file has a total of %(stated)s, but %(entered)s was entered. "
                    "Nothing was imported: correct the total, or check the file.",
                    stated=amount_text(currency, stated),
                    entered=amount_text(currency, entered),
                )
            )

    def _check_currency(self, advice, currency):
        """:raises UserError: the file has amounts in another currency"""
        names = (currency.name, currency.symbol, currency.currency_unit_label)
        own = {name.lower().removesuffix(".") for name in names if name}
        others = [each for each in advice.currencies if each.lower() not in own]
        if others:
            raise UserError(
                self.env._(
                    "The file has amounts in %(others)s, but the advice is in "
                    "%(currency)s. Nothing was imported.",
                    others=", ".join(sorted(others)),
                    currency=currency.name,
                )
            )

    # Sheets

    def _read_sheet(self, content):
        try:
            return rules.read_rows(self.env["clerk.sheet"]._rows_of(content))
        except rules.NoColumnsError as error:
            raise UserError(
                self.env._(
                    "There is no header row with the columns Document and Paid. "
                    "Further columns are Deduction and Reason."
                )
            ) from error
        except rules.AmountError as error:
            raise UserError(
                self.env._("“%s” is not an amount. Enter it as 1234.50.", error)
            ) from error
        except rules.NoAmountError as error:
            raise UserError(
                self.env._(
                    "%s has no amount. If the file has a formula there, open the file "
                    "and save it again.",
                    error,
                )
            ) from error

    # PDF

    def _read_pdf(self, content):
        """:raises UserError: it cannot be read, or has no text"""
        text = self._pdf_text(content)
        if not text.strip():
            raise UserError(
                self.env._("The PDF has no text, only pictures. Enter the lines.")
            )
        currencies = self.env["res.currency"].with_context(active_test=False)
        codes = set(currencies.search(Domain.TRUE).mapped("name"))
        try:
            return read_text(text, self.remittance_id._numbers_known(), codes)
        except UnclearRowError as error:
            raise UserError(
                self.env._(
                    "It is not clear which document is paid, or how much, in the row "
                    "“%s”. Nothing was imported: enter the lines, or ask the customer "
                    "for a spreadsheet.",
                    error,
                )
            ) from error

    def _pdf_text(self, content):
        reader = open_pdf(self.env, content, strict=False)
        if reader.is_encrypted:
            raise UserError(
                self.env._("The PDF is protected by a password. Enter the lines.")
            )
        if len(reader.pages) > MOST_PAGES:
            raise UserError(
                self.env._(
                    "The PDF has %(pages)s pages; at most %(most)s are read.",
                    pages=len(reader.pages),
                    most=MOST_PAGES,
                )
            )
        check = self.env["clerk.limited"]._check_limit
        try:
            drawings = [page.get_contents() for page in reader.pages]
            size = sum(len(each.get_data()) for each in drawings if each is not None)
            check("document", size, self.env._("The PDF"))
            text = "\n".join(
                page.extract_text(extraction_mode="layout") for page in reader.pages
            )
        except UserError:
            raise
        # Readers raise all kinds of errors, RecursionError included, for broken files.
        except Exception as error:
            raise DamagedPdfError(
                self.env._("The text of the PDF cannot be read. Enter the lines.")
            ) from error
        check("html", text, self.env._("The PDF"))
        return text

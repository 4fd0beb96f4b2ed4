import io

from odoo import models
from odoo.tools.pdf import PdfFileReader, PdfFileWriter

TEMPLATE = "invoicing_clerk.audit_pack_cover"
# Rows of a sheet: it must not run over to a second page.
MOST_ROWS = 24


class ClerkAuditPackItem(models.Model):
    """Sheets that say what is in the folder of each item. All come from one call."""

    _inherit = "clerk.audit.pack.item"

    def _covers(self):
        """A PDF for each: ``{item: content}``.

        The program starts once. When a sheet took more than a page nobody could tell
        whose page is whose, so halves are made, down to one.

        :raises UserError: the program failed or hung
        """
        pages = PdfFileReader(io.BytesIO(self._covers_pdf()))
        if len(self) == 1:
            return {self: self._pages(pages, range(pages.numPages))}
        if pages.numPages != len(self):
            half = len(self) // 2
            return {**self[:half]._covers(), **self[half:]._covers()}
        return {item: self._pages(pages, [at]) for at, item in enumerate(self)}

    def _pages(self, reader, numbers):
        writer = PdfFileWriter()
        for number in numbers:
            writer.addPage(reader.getPage(number))
        with io.BytesIO() as content:
            writer.write(content)
            return content.getvalue()

    def _covers_pdf(self):
        pack = self.pack_id
        reader = pack._as_reader()
        html = reader.env["ir.qweb"]._render(
            TEMPLATE, {"pack": reader, "items": self, "most": MOST_ROWS}
        )
        reports = reader.env["ir.actions.report"].with_company(pack.company_id)
        evidence = reader.env["clerk.audit.pack.evidence"]
        with evidence._pdf_program(len(self)) as mark:
            return reports.with_context(clerk_statement_mark=mark)._run_wkhtmltopdf(
                [str(html)]
            )

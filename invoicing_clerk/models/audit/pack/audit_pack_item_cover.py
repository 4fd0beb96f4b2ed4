import io

from odoo import models
from odoo.tools.pdf import PdfFileWriter

from ...mixin.pdf_document import open_pdf

TEMPLATE = "invoicing_clerk.audit_pack_cover"
# Rows of a sheet, so that it fits on one page.
MAXIMUM_ROWS = 24


class ClerkAuditPackItem(models.Model):
    """Cover sheets of the folders. All are rendered in one call."""

    _inherit = "clerk.audit.pack.item"

    def _covers(self):
        """Return a PDF for each item: ``{item: content}``.

        The PDF program starts once. If a sheet takes more than a page, pages cannot be
        assigned to items, so halves are rendered, down to one item. This is no failure
        to be attempted in parts: each sheet counts, and that of one item may be long.

        :raises UserError: the program failed or timed out
        """
        pages = open_pdf(self.env, self._covers_pdf())
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
            TEMPLATE, {"pack": reader, "items": self, "maximum": MAXIMUM_ROWS}
        )
        reports = reader.env["ir.actions.report"].with_company(pack.company_id)
        evidence = reader.env["clerk.audit.pack.evidence"]
        with evidence._pdf_program(
            evidence._pdf_budget().seconds_for(len(self))
        ) as mark:
            return reports.with_context(clerk_statement_mark=mark)._run_wkhtmltopdf(
                [str(html)]
            )

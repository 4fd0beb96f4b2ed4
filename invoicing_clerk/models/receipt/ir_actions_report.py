from odoo import models


class IrActionsReport(models.Model):
    """Official receipts keep the PDF with which they were first printed.

    Core would take any file of a receipt that has the right name for its PDF.
    """

    _inherit = "ir.actions.report"

    def retrieve_attachment(self, record):
        """Return the sealed PDF of a receipt, whatever its name."""
        if record._name == "clerk.receipt.document":
            return record.document_id
        return super().retrieve_attachment(record)

    def _prepare_pdf_report_attachment_vals_list(self, report, streams):
        vals_list = super()._prepare_pdf_report_attachment_vals_list(report, streams)
        if report.model != "clerk.receipt.document":
            return vals_list
        self.env["clerk.receipt.document"]._keep_pdfs(vals_list)
        return []

from odoo import models


class IrActionsReport(models.Model):
    """Official receipts keep the PDF with which they were first printed."""

    _inherit = "ir.actions.report"

    def _render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        result = super()._render_qweb_pdf(report_ref, res_ids=res_ids, data=data)
        # sudo: only tells which records the report is about.
        if self._get_report(report_ref).sudo().model == "clerk.receipt.document":
            self.env["clerk.receipt.document"].browse(res_ids)._keep_pdf()
        return result

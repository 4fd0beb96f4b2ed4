from odoo import models
from odoo.exceptions import UserError

from .gate import is_of_ours
from .pdf_document import open_pdf


class IrActionsReport(models.Model):
    """Reports of ours print records that exist and that the user may read.

    Their documents are opened as soon as they are made, whoever asks for them.
    """

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """
        :raises UserError: no records are given, or none that exist
        :raises AccessError: they cannot be read
        """
        if is_of_ours(report.report_name.split(".")[0]):
            records = self.env[report.model].browse(docids).exists()
            if not records:
                raise UserError(
                    self.env._(
                        "%(report)s: select at least one record to print.",
                        report=report.name,
                    )
                )
            records.check_access("read")
        return super()._get_rendering_context(report, docids, data)

    def _run_wkhtmltopdf(self, bodies, report_ref=False, *args, **kwargs):
        """:raises DamagedPdfError: the program failed without saying so"""
        content = super()._run_wkhtmltopdf(bodies, report_ref, *args, **kwargs)
        if self._is_evidence(report_ref):
            open_pdf(self.env, content)
        return content

    def _is_evidence(self, report_ref):
        if self.env.context.get("clerk_opens_pdf"):
            return True
        # sudo: only tells whose report it is.
        report = self._get_report(report_ref).sudo() if report_ref else self
        return any((each.model or "").startswith("clerk.") for each in report)

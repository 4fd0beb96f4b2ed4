from odoo import models
from odoo.exceptions import UserError

from .gate import is_of_ours


class IrActionsReport(models.Model):
    """Reports of ours print records that exist and that the user may read."""

    _inherit = "ir.actions.report"

    def _get_rendering_context(self, report, docids, data):
        """
        :raises UserError: no records are given, or none that exist
        :raises AccessError: they may not be read
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

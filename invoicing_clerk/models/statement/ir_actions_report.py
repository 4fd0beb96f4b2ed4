from odoo import models


class IrActionsReport(models.Model):
    """Mark the commands that render statements, so that one that hangs is found."""

    _inherit = "ir.actions.report"

    def _build_wkhtmltopdf_args(self, *args, **kwargs):
        """Add the mark that the context gives."""
        arguments = super()._build_wkhtmltopdf_args(*args, **kwargs)
        if mark := self.env.context.get("clerk_statement_mark"):
            arguments.extend(["--replace", "clerk", mark])
        return arguments

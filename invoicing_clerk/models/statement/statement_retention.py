from odoo import fields, models
from odoo.exceptions import UserError


class ClerkStatement(models.Model):
    """A statement whose lines and PDF were deleted after the retention period."""

    _inherit = "clerk.statement"

    reduced_on = fields.Date(related="run_id.reduced_on")

    def _reduce(self):
        """Delete lines and PDF."""
        self.document_id.unlink()
        self.line_ids.unlink()

    def _check_not_reduced(self):
        """:raises UserError: the lines of one were deleted"""
        for statement in self.filtered("reduced_on"):
            raise UserError(
                self.env._(
                    "%(statement)s: its lines were deleted on %(date)s, after the "
                    "retention period of your company. Totals and seals are kept.",
                    statement=statement.display_name,
                    date=statement.reduced_on,
                )
            )

    def action_preview(self):
        self._check_not_reduced()
        return super().action_preview()

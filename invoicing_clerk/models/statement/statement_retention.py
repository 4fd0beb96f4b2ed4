from odoo import fields, models
from odoo.exceptions import UserError


class ClerkStatement(models.Model):
    """A statement of which only totals and seal are left."""

    _inherit = "clerk.statement"

    reduced_on = fields.Date(related="run_id.reduced_on")

    def _reduce(self):
        self.document_id.unlink()
        self.line_ids.unlink()

    def _check_not_reduced(self):
        """:raises UserError: its lines are gone"""
        for statement in self.filtered("reduced_on"):
            raise UserError(
                self.env._(
                    "%(statement)s: its lines were dropped on %(date)s, as your "
                    "company's retention says. Totals and seal are left.",
                    statement=statement.display_name,
                    date=statement.reduced_on,
                )
            )

    def action_preview(self):
        self._check_not_reduced()
        return super().action_preview()

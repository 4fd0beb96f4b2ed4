from odoo import models
from odoo.exceptions import UserError

# Fields that decide which records are found, and their amounts. Columns do not.
RESULT_FIELDS = {"model_id", "domain", "amount_path", "date", "population"}


class ClerkAuditQuery(models.Model):
    """Keep queries unchanged after a sample was drawn from their result."""

    _inherit = "clerk.audit.query"

    def write(self, vals):
        """:raises UserError: a sample was drawn from the result"""
        if RESULT_FIELDS & vals.keys():
            self._check_not_sampled()
        return super().write(vals)

    def _check_not_sampled(self):
        # sudo: samples count even where the caller cannot see them.
        drawn = self.env["clerk.audit.sample"].sudo()
        drawn = drawn.search(
            [("query_id", "in", self.ids), ("state", "!=", "draft")], limit=1
        )
        if drawn:
            raise UserError(
                self.env._(
                    "%(sample)s was drawn from the result of “%(query)s”, so the query "
                    "cannot be changed. Duplicate it to make changes.",
                    sample=drawn.name,
                    query=drawn.query_id.name,
                )
            )

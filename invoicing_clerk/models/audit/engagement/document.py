from odoo import models
from odoo.fields import Domain


class ClerkDocument(models.Model):
    """Documents that an audit keeps beyond their term."""

    _inherit = "clerk.document"

    def _retention_obstacle(self):
        return super()._retention_obstacle() or self._audit_obstacle()

    def _audit_obstacle(self):
        """Return which engagement or evidence pack has the document, or None."""
        moves = self._linked_moves()
        # sudo: whether an audit keeps the document, whoever disposes of it; it is not
        # disclosed which one.
        audits = self.env["clerk.audit"].sudo()
        dates = [each for each in {self.date, *moves.mapped("date")} if each]
        covering = Domain("state", "!=", "closed") & Domain.OR(
            Domain("date_from", "<=", day) & Domain("date_to", ">=", day)
            for day in dates
        )
        of_company = Domain("company_id", "parent_of", self.company_id.id)
        if audits.search_count(covering & of_company, limit=1):
            return self.env._("An audit that is not closed covers it.")
        return None

from odoo import models


class ClerkDocument(models.Model):
    """Documents of invoices that are in an evidence pack."""

    _inherit = "clerk.document"

    def _audit_obstacle(self):
        if found := super()._audit_obstacle():
            return found
        # sudo: see `_audit_obstacle` of engagements.
        items = self.env["clerk.audit.pack.item"].sudo()
        moves = self._linked_moves()
        if moves and items.search_count([("move_id", "in", moves.ids)], limit=1):
            return self.env._("An evidence pack has an invoice that it belongs to.")
        return None

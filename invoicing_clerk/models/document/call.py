from odoo import models


class ClerkCall(models.Model):
    """Documents that were asked for or promised in a call."""

    _name = "clerk.call"
    _inherit = ["clerk.call", "clerk.document.subject"]

    def _document_records(self):
        return [*super()._document_records(), *self.move_ids]

    def _document_values(self):
        self._check_customer()
        return {
            "partner_id": (self.contact_id or self.partner_id).id,
            "company_id": self.company_id.id,
        }

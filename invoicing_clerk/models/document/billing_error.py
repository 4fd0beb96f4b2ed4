from odoo import models


class ClerkBillingError(models.Model):
    """Documents of billing errors: what proves or refutes a claim."""

    _name = "clerk.billing.error"
    _inherit = ["clerk.billing.error", "clerk.document.subject"]

    def _document_records(self):
        return [*super()._document_records(), *self.move_ids]

    def _document_values(self):
        return {
            "partner_id": (self.contact_id or self.partner_id).id,
            "company_id": self.company_id.id,
            "reason": self.name,
        }

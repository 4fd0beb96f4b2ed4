from odoo import models


class StockPicking(models.Model):
    """Deliveries, whose documents are in the files of the invoices that bill them."""

    _name = "stock.picking"
    _inherit = ["stock.picking", "clerk.document.subject"]

    def _document_values(self):
        # sudo: who is responsible, for whoever may read the delivery.
        responsible = self.user_id.sudo()
        is_colleague = responsible.active and not responsible.share
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "asked_of": "colleague",
            "colleague_id": is_colleague and responsible.id,
        }

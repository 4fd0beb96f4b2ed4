from odoo import models


class SaleOrder(models.Model):
    """Orders, whose documents are in the files of their invoices."""

    _name = "sale.order"
    _inherit = ["sale.order", "clerk.document.subject"]

    def _document_values(self):
        # sudo: who sold, for whoever may read the order.
        seller = self.user_id.sudo()
        return {
            "partner_id": self.partner_invoice_id.id,
            "company_id": self.company_id.id,
            "colleague_id": seller.active and not seller.share and seller.id,
        }

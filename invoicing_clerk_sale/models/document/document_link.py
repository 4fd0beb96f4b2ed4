from odoo import api, models


class ClerkDocumentLink(models.Model):
    """Documents of orders."""

    _inherit = "clerk.document.link"

    @api.model
    def _linkable(self):
        return super()._linkable() | {"sale.order"}

from odoo import api, models


class ClerkDocumentLink(models.Model):
    """Documents of contracts."""

    _inherit = "clerk.document.link"

    @api.model
    def _linkable(self):
        return super()._linkable() | {"contract.contract"}

    @api.model
    def _named_to_recipients(self):
        return super()._named_to_recipients() | {"contract.contract"}

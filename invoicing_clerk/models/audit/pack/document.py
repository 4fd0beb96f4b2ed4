from odoo import models
from odoo.tools import SQL


class ClerkDocument(models.Model):
    """Documents of invoices that are in an evidence pack."""

    _inherit = "clerk.document"

    def _protections(self):
        packed = self.env["clerk.invoice.file"]._ids_with_entries(
            self,
            SQL("JOIN clerk_audit_pack_item AS item ON item.move_id = reached.move_id"),
            SQL("TRUE"),
        )
        text = self.env._("An evidence pack has an invoice that it belongs to.")
        return super()._protections() | dict.fromkeys(packed, text)

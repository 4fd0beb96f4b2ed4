from odoo import api, models

from .document_upload import QUARANTINED


class IrAttachment(models.Model):
    """Files in quarantine: no indexer of another module opens them, either."""

    _inherit = "ir.attachment"

    @api.model
    def _index(self, bin_data, file_type, checksum=None):
        if file_type == QUARANTINED:
            return None
        return super()._index(bin_data, file_type, checksum=checksum)

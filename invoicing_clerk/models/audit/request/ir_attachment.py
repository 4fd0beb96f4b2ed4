from odoo import api, models

from ...mixin.ir_attachment import PLACE_FIELDS

# The auditors have these requests, with all that is attached to them.
SEALED_STATES = ("delivered", "accepted")


class IrAttachment(models.Model):
    """Documents attached to a request after delivery: they are sealed at once."""

    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        attachments._seal_late_documents()
        return attachments

    def write(self, vals):
        result = super().write(vals)
        if PLACE_FIELDS & vals.keys():
            self._seal_late_documents()
        return result

    def _seal_late_documents(self):
        """:raises DamagedPdfError: one is a PDF only by its name"""
        # sudo: only tells where these files are, and seals them.
        late = self.sudo().filtered(
            lambda each: each.res_model == "clerk.audit.request" and each.res_id
        )
        for res_id, files in late.grouped("res_id").items():
            request = late.env["clerk.audit.request"].browse(res_id).exists()
            if request.state in SEALED_STATES:
                request._seal_evidence("delivery", files, strict=False)

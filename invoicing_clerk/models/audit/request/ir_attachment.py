from odoo import api, models
from odoo.exceptions import UserError

# The identity of a document and the record it belongs to. Its bytes come as `raw`.
IDENTITY_FIELDS = {
    "datas",
    "db_datas",
    "url",
    "type",
    "res_model",
    "res_id",
    "res_field",
}


class IrAttachment(models.Model):
    """Keep documents that were delivered to auditors unchanged: they are evidence."""

    _inherit = "ir.attachment"

    def write(self, vals):
        """:raises UserError: a delivered document would become another one"""
        self._check_unchanged(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_delivered(self):
        self._check_not_delivered()

    def _check_unchanged(self, vals):
        """Allow writing the same bytes again, which moves them to another storage.

        :raises UserError: a delivered document would become another one
        """
        if IDENTITY_FIELDS & vals.keys():
            self._check_not_delivered()
        elif "raw" in vals:
            raw = vals["raw"]
            checksum = self._compute_checksum(raw) if isinstance(raw, bytes) else None
            self.filtered(
                lambda document: document.checksum != checksum
            )._check_not_delivered()

    def _check_not_delivered(self):
        documents = self.filtered(
            lambda document: document.res_model == "clerk.audit.request"
        )
        if not documents:
            return
        requests = self.env["clerk.audit.request"].browse(documents.mapped("res_id"))
        # sudo: only the date of delivery is used.
        delivered = {
            request.id: request.delivered_on
            for request in requests.sudo().exists()
            if request.delivered_on
        }
        for document in documents:
            day = delivered.get(document.res_id)
            if day and document.create_date <= day:
                raise UserError(
                    self.env._(
                        "“%s” was delivered to the auditors and cannot be changed or "
                        "deleted. Attach a new document instead.",
                        document.name,
                    )
                )

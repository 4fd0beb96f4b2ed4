from odoo import api, models
from odoo.exceptions import UserError


class AuditDocument(models.AbstractModel):
    """Documents that were delivered to auditors are evidence, and stay."""

    _name = "clerk.audit.document"
    _description = "Document of an Audit Request"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_delivered(self):
        documents = self.filtered(
            lambda document: document.res_model == "clerk.audit.request"
        )
        if not documents:
            return
        requests = self.env["clerk.audit.request"].browse(documents.mapped("res_id"))
        # sudo: whether they were delivered is all that is used.
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
                        "“%s” was delivered to the auditors: it stays as it was. "
                        "Attach another document instead.",
                        document.name,
                    )
                )

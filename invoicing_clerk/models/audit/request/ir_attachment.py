from odoo import api, models
from odoo.exceptions import UserError

# What a document is, and what it belongs to; its bytes come as `raw`.
SUBSTANCE = {"datas", "db_datas", "url", "type", "res_model", "res_id", "res_field"}


class IrAttachment(models.Model):
    """Documents that were delivered to auditors are evidence, and stay."""

    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_delivered(self):
        self._check_not_delivered()

    def _check_unchanged(self, vals):
        """The same bytes may be written again: so they move to another storage.

        :raises UserError: a document that was delivered would become another
        """
        if SUBSTANCE & vals.keys():
            self._check_not_delivered()
        elif "raw" in vals:
            raw = vals["raw"]
            same = self._compute_checksum(raw) if isinstance(raw, bytes) else None
            self.filtered(lambda each: each.checksum != same)._check_not_delivered()

    def _check_not_delivered(self):
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

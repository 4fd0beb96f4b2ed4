from odoo import api, models

# The auditors have the answer, or have accepted it.
ANSWERED_STATES = ("delivered", "accepted")


class ClerkAuditRequest(models.Model):
    """Documents that billing asks of others to answer the auditors."""

    _name = "clerk.audit.request"
    _inherit = ["clerk.audit.request", "clerk.document.subject"]

    def _document_values(self):
        return {
            "partner_id": False,
            "company_id": self.company_id.id,
            "asked_of": "colleague",
            "reason": self.description or self.name,
        }


class ClerkDocument(models.Model):
    """Documents of the requests of auditors: an audit that is not closed keeps them."""

    _inherit = "clerk.document"

    @api.model_create_multi
    def create(self, vals_list):
        documents = super().create(vals_list)
        documents.link_ids._attach_to_requests()
        return documents

    def _ids_in_audits(self):
        # sudo: whether auditors have asked for a document; not what they have asked.
        links = self.sudo().link_ids.filtered(
            lambda each: each.res_model == "clerk.audit.request"
        )
        # sudo: see above.
        requests = self.env["clerk.audit.request"].sudo()
        asked = requests.browse(links.mapped("res_id")).exists()
        still = asked.filtered(lambda each: each.audit_id.state != "closed")
        return super()._ids_in_audits() | set(
            links.filtered(lambda each: each.res_id in still.ids).document_id.ids
        )


class ClerkDocumentLink(models.Model):
    """Documents of audit requests are attached to their answers."""

    _inherit = "clerk.document.link"

    @api.model
    def _linkable(self):
        return super()._linkable() | {"clerk.audit.request"}

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        # Documents that are being filed have no name yet, and are attached then.
        links.filtered("document_id.name")._attach_to_requests()
        return links

    def _attach_to_requests(self):
        """Attach documents to the requests that have not been answered yet.

        The file store keeps a file once, however many attachments it has.
        """
        for link in self.filtered("document_id"):
            if link.res_model != "clerk.audit.request":
                continue
            request = self.env["clerk.audit.request"].browse(link.res_id)
            if request.state in ANSWERED_STATES:
                continue
            document = link.document_id.with_context(bin_size=False)
            self.env["ir.attachment"].with_context(image_no_postprocess=True).create(
                {
                    "name": document.name,
                    "datas": document.file,
                    "res_model": request._name,
                    "res_id": request.id,
                }
            )

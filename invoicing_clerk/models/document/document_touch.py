from odoo import api, models

# Fields of documents that decide on the files to which they belong.
DECIDING = {"class_id", "valid_from", "valid_to", "state"}
# Marks writes whose caller refreshes the files of all documents at the end.
_LATER = object()


class ClerkDocumentLink(models.Model):
    """Links, and the files of invoices that they complete."""

    _inherit = "clerk.document.link"

    @api.model_create_multi
    def create(self, vals_list):
        links = super().create(vals_list)
        links._refresh_files()
        return links

    def unlink(self):
        linked = self._linked_ids()
        result = super().unlink()
        self._refresh_files(linked)
        return result

    def _linked_ids(self):
        """Return the records of documents: ``{model: ids}``."""
        of_documents = self.exists().filtered("document_id")
        return {
            model: links.mapped("res_id")
            for model, links in of_documents.grouped("res_model").items()
        }

    def _refresh_files(self, linked=None):
        files = self.env["clerk.invoice.file"]
        linked = self._linked_ids() if linked is None else linked
        if linked and (ids := files._moves_of(linked)):
            files._refresh(list(ids))


class ClerkDocument(models.Model):
    """Documents that another class, validity or status lets count otherwise."""

    _inherit = "clerk.document"

    def write(self, vals):
        result = super().write(vals)
        is_later = self.env.context.get("clerk_files_later") is _LATER
        if DECIDING & vals.keys() and not is_later:
            self.link_ids._refresh_files()
        return result

    def _refresh_later(self):
        """Return the same documents, for a caller that refreshes all files itself."""
        return self.with_context(clerk_files_later=_LATER)

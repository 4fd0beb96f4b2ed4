from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..mixin.gate import only_one


class ClerkDocumentLink(models.Model):
    """A record that a document belongs to, or that a requested document is about.

    A document has as many of them as there are records: it is never copied.
    """

    _name = "clerk.document.link"
    _description = "Record of a Document"
    _inherit = ["clerk.guarded"]
    _order = "id"
    _final_fields = frozenset(
        {"document_id", "item_id", "request_id", "res_model", "res_id"}
    )

    document_id = fields.Many2one(
        "clerk.document", index="btree_not_null", ondelete="cascade"
    )
    item_id = fields.Many2one(
        "clerk.document.request.item", index="btree_not_null", ondelete="cascade"
    )
    request_id = fields.Many2one(
        "clerk.document.request", index="btree_not_null", ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, index=True
    )
    res_model = fields.Char(string="Model", required=True, size=64)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True
    )
    kind = fields.Char(string="Type", compute="_compute_record_name")
    name = fields.Char(string="Record", compute="_compute_record_name")

    _one_owner = models.Constraint(
        "CHECK (NUM_NONNULLS(document_id, item_id, request_id) = 1)",
        "A record is linked to a document, a request or one of its items.",
    )
    _one_of_document = models.UniqueIndex(
        "(document_id, res_model, res_id) WHERE document_id IS NOT NULL",
        "The document belongs to this record already.",
    )
    _record_idx = models.Index("(res_model, res_id)")

    @api.depends(
        "document_id.company_id", "item_id.company_id", "request_id.company_id"
    )
    def _compute_company_id(self):
        for link in self:
            owner = link.document_id or link.item_id or link.request_id
            link.company_id = owner.company_id

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_record_name(self):
        for model, links in self.grouped("res_model").items():
            known = self.env.get(model)
            names = known is not None and links._names_of(known)
            for link in links:
                link.kind = known is not None and known._description
                link.name = names and names.get(link.res_id)

    @api.model
    def _named_to_recipients(self):
        """Return the models whose names recipients of requests know."""
        return {"account.move"}

    def _public_names(self):
        """Return the names of records that the recipient of a request knows."""
        known = self._named_to_recipients()
        links = self.filtered(lambda each: each.res_model in known)
        return ", ".join(filter(None, links.mapped("name")))

    def _names_of(self, model):
        """Return the names of linked records that exist and that the user may read."""
        records = model.browse(self.mapped("res_id")).exists()
        readable = records._filtered_access("read")
        hidden = dict.fromkeys(records.ids, self.env._("No access"))
        gone = dict.fromkeys(self.mapped("res_id"), self.env._("Deleted record"))
        return gone | hidden | {each.id: each.display_name for each in readable}

    @api.model
    def _linkable(self):
        """Return the names of models whose records have documents."""
        return {"account.move", "res.partner", "clerk.billing.error", "clerk.call"}

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: a record cannot have documents, or not these"""
        links = super().create(vals_list)
        links._check_records()
        links._check_owner()
        return links

    def _check_records(self):
        """
        :raises ValidationError: a record has no documents, or is of another company
        :raises AccessError: a record cannot be read
        """
        for model, links in self.grouped("res_model").items():
            if model not in self._linkable() or model not in self.env:
                raise ValidationError(
                    self.env._("Documents cannot be linked to “%s”.", model)
                )
            records = self.env[model].browse(links.mapped("res_id"))
            if not self.env.su and not links._are_readable(records):
                raise AccessError(
                    self.env._(
                        "The record does not exist, or you do not have access to it: "
                        "%s.",
                        self.env[model]._description,
                    )
                )
            links._check_companies(records.exists())

    @api.model
    def _are_readable(self, records):
        return records.exists() == records and records.has_access("read")

    def _check_companies(self, records):
        if "company_id" not in records._fields:
            return
        # sudo: compares companies; the records may be read, see above.
        companies = {each.id: each.company_id for each in records.sudo()}
        for link in self:
            company = companies.get(link.res_id)
            if company and company != link.company_id:
                raise ValidationError(
                    self.env._(
                        "%(record)s belongs to %(other)s, and the document to "
                        "%(company)s.",
                        record=link.name,
                        other=company.display_name,
                        company=link.company_id.display_name,
                    )
                )

    def _check_owner(self):
        """:raises UserError: what the link belongs to can no longer be changed"""
        if self._passes_guard():
            return
        self.document_id._check_filed()
        self.item_id._check_draft()
        self.request_id._check_draft()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        self._check_owner()
        self._check_unprotected()
        self._note_removed()

    def _check_unprotected(self):
        """:raises UserError: records keep documents, and the caller is a clerk"""
        if self._passes_guard() or self.document_id._may_shorten():
            return
        protections = self.document_id._protections()
        for document in self.document_id:
            if reason := protections.get(document.id):
                raise UserError(
                    self.env._(
                        "Only supervisors can remove records of %(document)s. "
                        "%(reason)s",
                        document=document.name,
                        reason=reason,
                    )
                )

    def unlink(self):
        """:raises UserError: the retention period of a document would be shortened"""
        documents = self.exists().document_id
        periods = documents._periods_to_check({"link_ids": []})
        entries = documents.browse(periods)._kept_entries()
        result = super().unlink()
        documents._check_not_shortened(periods)
        documents._check_still_protected(entries)
        return result

    def _records(self):
        """Yield the linked records that exist, by model."""
        for model, links in self.grouped("res_model").items():
            if model in self.env:
                yield self.env[model].browse(links.mapped("res_id")).exists()

    def _note_removed(self):
        """Keep in the chatter of a document what it belonged to."""
        for document, links in self.grouped("document_id").items():
            if document:
                names = ", ".join(f"{each.kind} {each.name}" for each in links)
                document._message_log(body=self.env._("No longer linked: %s", names))

    def action_open_record(self):
        """Open the record.

        :raises UserError: it has been deleted
        """
        link = only_one(self)
        record = self.env[link.res_model].browse(link.res_id).exists()
        if not record:
            raise UserError(
                self.env._("The record has been deleted; the document is kept.")
            )
        record.check_access("read")
        return record.get_formview_action()

    @api.model
    def _of(self, records):
        """Return values that link records."""
        return [{"res_model": each._name, "res_id": each.id} for each in records]

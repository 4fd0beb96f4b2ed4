from odoo import api, fields, models
from odoo.fields import Command, Domain

from ..mixin.gate import at_least_one, only_one
from ..mixin.roles import READERS


class ClerkDocumentSubject(models.AbstractModel):
    """A record that has documents, and for which others are requested in one click.

    **How to use**: inherit it, add the model to ``_linkable`` of
    ``clerk.document.link``, and say of whom documents are requested in
    ``_document_values``; extend ``_missing_classes`` where it is known which ones are
    missing.
    """

    _name = "clerk.document.subject"
    _description = "Record with Documents"

    filed_document_count = fields.Integer(
        string="Filed Documents",
        compute="_compute_filed_document_count",
        groups=READERS,
    )

    def _document_records(self):
        """Return the records that requested documents are about."""
        return list(self)

    def _document_values(self):
        """Return the values of requests: customer, company, and colleague."""
        raise NotImplementedError

    def _missing_classes(self):
        """Return the classes of documents to request for the record."""
        return self.env["clerk.document.class"]

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_filed_document_count(self):
        links = self.env["clerk.document.link"]
        counts = dict(
            links._read_group(
                self._document_links(self._origin.ids), ["res_id"], ["__count"]
            )
        )
        for record in self:
            record.filed_document_count = counts.get(record._origin.id, 0)

    @api.model
    def _document_links(self, ids):
        return (
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", ids)
            & Domain("document_id", "!=", False)
        )

    def action_view_documents(self):
        """Open the documents of the record."""
        record = only_one(self)
        record.check_access("read")
        links = self.env["clerk.document.link"].search(self._document_links(record.ids))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_document_action"
        )
        return {**action, "domain": [("id", "in", links.document_id.ids)]}

    def action_request_documents(self):
        """Draft requests for what is missing, one for each recipient, and open them."""
        at_least_one(self).check_access("read")
        requests = self.env["clerk.document.request"]
        requests.check_access("create")
        drafts = requests.create(self._drafts())
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_document_request_action"
        )
        if len(drafts) == 1:
            return {**action, "views": [(False, "form")], "res_id": drafts.id}
        return {**action, "domain": [("id", "in", drafts.ids)], "context": {}}

    def _drafts(self):
        """Return the values of new requests, with an item for each missing document."""
        groups = {}
        for record in self:
            values = record._document_values()
            classes = record._missing_classes()
            default = values.get("asked_of", "customer")
            for asked_of, of_class in classes.grouped("asked_of").items() or [
                (default, classes)
            ]:
                key = (asked_of, values["partner_id"], values["company_id"])
                if asked_of == "colleague":
                    key += (values.get("colleague_id"),)
                groups.setdefault(key, []).append((record, values, of_class))
        return [
            self._draft_values(asked_of, parts)
            for (asked_of, *_key), parts in groups.items()
        ]

    @api.model
    def _draft_values(self, asked_of, parts):
        links = self.env["clerk.document.link"]
        _record, values, _classes = parts[0]
        about = [
            each for record, *_rest in parts for each in record._document_records()
        ]
        draft = {name: value for name, value in values.items() if value}
        if asked_of == "supplier":
            # Whoever cleared or carried the goods is not known here.
            draft.pop("partner_id", None)
        return {
            **draft,
            "asked_of": asked_of,
            "link_ids": [Command.create(each) for each in links._of(about)],
            "item_ids": [
                Command.create(
                    {
                        "class_id": each.id,
                        "link_ids": [
                            Command.create(link)
                            for link in links._of(record._document_records())
                        ],
                    }
                )
                for record, _values, classes in parts
                for each in classes
            ],
        }

import base64
from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command, Domain
from odoo.tools.mimetypes import guess_mimetype

from ...rules.document.naming import document_name, suffix
from ...rules.document.retention import DOCUMENT_STATES


class ClerkDocument(models.Model):
    """A filed document: one file, and all records that it belongs to.

    The file is evidence, see ``clerk.evidence``. Its name is made of date, class,
    document and customer; the original name is kept.
    """

    _name = "clerk.document"
    _description = "Document"
    _inherit = ["clerk.evidence", "clerk.lifecycle", "clerk.limited", "clerk.thread"]
    _order = "date desc, id desc"
    _rec_names_search = ["name", "original_name"]
    _evidence_fields = {"file": "file_hash"}
    _guarded_fields = frozenset({"name", "file_hash", "size", "source"})
    _final_fields = frozenset({"file", "original_name", "company_id"})

    name = fields.Char(readonly=True, copy=False, index="trigram")
    original_name = fields.Char(size=255, copy=False)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    class_id = fields.Many2one(
        "clerk.document.class",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    state = fields.Selection(
        DOCUMENT_STATES,
        string="Status",
        required=True,
        readonly=True,
        default="filed",
        copy=False,
        tracking=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        compute="_compute_partner_id",
        store=True,
        index="btree_not_null",
        help="The customer of the records to which the document belongs.",
    )
    date = fields.Date(
        required=True, default=fields.Date.context_today, tracking=True, index=True
    )
    valid_from = fields.Date(tracking=True)
    valid_to = fields.Date(string="Valid Until", tracking=True)
    file = fields.Binary(attachment=True, copy=False, required=True)
    file_hash = fields.Char(string="SHA-256", readonly=True, copy=False, index=True)
    size = fields.Integer(string="Bytes", readonly=True, copy=False, aggregator=None)
    source = fields.Char(
        string="Received From",
        readonly=True,
        copy=False,
        help="The sender of the document, with time and IP address.",
    )
    note = fields.Text()
    link_ids = fields.One2many(
        "clerk.document.link", "document_id", string="Records", copy=False
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_move_ids",
        inverse="_inverse_move_ids",
        exportable=False,
    )
    content = fields.Char(
        string="Contents",
        compute="_compute_content",
        search="_search_content",
        exportable=False,
        help="Text in the file, as far as Odoo has indexed it.",
    )

    _validity = models.Constraint(
        "CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_from <= valid_to)",
        "“Valid From” cannot be after “Valid Until”.",
    )

    # Records

    @api.depends("link_ids.res_model", "link_ids.res_id")
    def _compute_partner_id(self):
        for document in self:
            document.partner_id = document._linked_partner()

    def _linked_partner(self):
        """Return the customer of the first record that has one."""
        # sudo: the customer of the records, each of which its linker could read.
        for link in self.sudo().link_ids:
            record = self.env[link.res_model].sudo().browse(link.res_id).exists()
            is_partner = record._name == "res.partner"
            if partner := record if is_partner else record._document_partner():
                return partner.commercial_partner_id
        return self.env["res.partner"]

    @api.depends("link_ids")
    @api.depends_context("uid")
    def _compute_move_ids(self):
        for document in self:
            links = document.link_ids.filtered(
                lambda each: each.res_model == "account.move"
            )
            moves = self.env["account.move"].browse(links.mapped("res_id"))
            document.move_ids = moves.exists()._filtered_access("read")

    def _inverse_move_ids(self):
        for document in self:
            links = document.link_ids.filtered(
                lambda each: each.res_model == "account.move"
            )
            moves = document.move_ids
            links.filtered(lambda each, ids=moves.ids: each.res_id not in ids).unlink()
            document._link(moves)

    def _link(self, records):
        """Link the document to records, once each."""
        known = {(each.res_model, each.res_id) for each in self.link_ids}
        links = self.env["clerk.document.link"]
        links.create(
            [
                {"document_id": self.id, **values}
                for values in links._of(records)
                if (values["res_model"], values["res_id"]) not in known
            ]
        )

    # Contents

    def _compute_content(self):
        self.content = False

    @api.model
    def _search_content(self, operator, value):
        """Find documents by the text that Odoo has indexed."""
        if operator not in ("ilike", "like"):
            return NotImplemented
        # sudo: only ids of documents come back, and their own rules limit those.
        files = self.env["ir.attachment"].sudo()
        found = files._search(
            Domain("res_model", "=", self._name)
            & Domain("res_field", "=", "file")
            & Domain("index_content", operator, value)
        )
        return Domain("id", "in", found.subselect("res_id"))

    # Filing

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: a file cannot be used, or is filed already"""
        # What is filed stays as it was sent: pictures are not made smaller.
        inside = self.with_context(image_no_postprocess=True)._check_create(vals_list)
        documents = super(ClerkDocument, inside).create(
            [self._filed_values(vals) for vals in vals_list]
        )
        for document in documents:
            document._rename()
        documents._inside()._seal_evidence("file", strict=False)
        return documents.with_env(self.env)

    @api.model
    def _filed_values(self, vals):
        original = vals.get("original_name") or self.env._("The file")
        _name, content, _kind = self._document_of(vals.get("file") or "", original)
        digest = sha256(content).hexdigest()
        if not self._passes_guard():
            self._check_not_filed(digest, vals)
        source = self.env._(
            "%(user)s, %(day)s",
            user=self.env.user.name,
            day=fields.Date.to_string(fields.Date.context_today(self)),
        )
        return {"source": source, **vals, "size": len(content)}

    @api.model
    def _file_received(self, name, raw, values):
        """File what was received for a request."""
        return (
            self._inside()
            .create({"original_name": name, "file": base64.b64encode(raw), **values})
            .with_env(self.env)
        )

    @api.model
    def _same_file(self, digest, company):
        """Return the document of a company with the same content."""
        return self.search(
            Domain("file_hash", "=", digest)
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "filed"),
            limit=1,
        )

    @api.model
    def _check_not_filed(self, digest, vals):
        """:raises UserError: names the document with the same content"""
        company = self.env["res.company"].browse(vals.get("company_id"))
        same = self._same_file(digest, company or self.env.company)
        if same:
            raise UserError(
                self.env._(
                    "The same file is filed already: %(document)s (%(kind)s). Link the "
                    "record to it instead.",
                    document=same.name,
                    kind=same.class_id.name,
                )
            )

    def write(self, vals):
        """:raises UserError: one was disposed of, or would be disposed of too early"""
        self._check_guarded(vals)
        if not self._passes_guard():
            self._check_filed()
        periods = self._periods_to_check(vals)
        entries = self.browse(periods)._kept_entries()
        result = super().write(vals)
        self._check_not_shortened(periods)
        self._check_still_protected(entries)
        if {"class_id", "date"} & vals.keys():
            for document in self:
                document._rename()
        return result

    def _check_filed(self):
        """:raises UserError: one was disposed of"""
        for document in self.filtered(lambda each: each.state != "filed"):
            raise UserError(document._refuse_step())

    def _rename(self):
        """Name the document by its date, class, first record and customer."""
        partner = self.partner_id
        first = self.link_ids.filtered(lambda each: each.res_model != "res.partner")[:1]
        base = document_name(self.date, self.class_id.code, "", "")
        used = self.search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("name", "=like", f"{_escaped(base)}%")
            & Domain("id", "!=", self.id)
        )
        name = document_name(
            self.date,
            self.class_id.code,
            first.name or "",
            partner.ref or partner.name or "",
            {each.name.rpartition(".")[0] or each.name for each in used},
        )
        # Content is read as it is stored: not its size, as forms read it.
        raw = base64.b64decode(self.with_context(bin_size=False).file or b"")
        self._inside().write({"name": name + suffix(guess_mimetype(raw))})

    @api.constrains("class_id", "valid_to")
    def _check_validity(self):
        for document in self:
            if document.class_id.expires and not document.valid_to:
                raise ValidationError(document._refuse_endless(document.class_id))

    @api.model
    def _refuse_endless(self, document_class):
        return self.env._(
            "Enter the date until which the document is valid: documents of the class "
            "%s expire.",
            document_class.name,
        )

    @api.model
    def _evidence_hint(self):
        return self.env._("File another document instead.")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_filed(self):
        raise UserError(
            self.env._(
                "Documents are not deleted: a retention run disposes of them when "
                "their retention period ends."
            )
        )

    def action_open_requests(self):
        """Open the requests by which the documents were received."""
        requests = self.env["clerk.document.request.item"].search(
            [("document_ids", "in", self.ids)]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Document Requests"),
            "res_model": "clerk.document.request",
            "view_mode": "list,form",
            "domain": [("id", "in", requests.request_id.ids)],
        }

    @api.model
    def _values_of_links(self, records):
        """Return commands that link a new document to records."""
        links = self.env["clerk.document.link"]
        return [Command.create(values) for values in links._of(records)]


def _escaped(text):
    """Return a text of which LIKE takes each character as it is."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

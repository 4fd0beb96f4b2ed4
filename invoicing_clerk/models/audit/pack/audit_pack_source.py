from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .audit_pack_evidence_text import utc

SAMPLE = "clerk.audit.sample"
DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")


class ClerkAuditPack(models.Model):
    """Sources of the documents of a pack; each has a `_moves_of_<source>` method."""

    _inherit = "clerk.audit.pack"

    source = fields.Selection(
        [
            ("invoices", "Selected Invoices"),
            ("customers", "All Invoices of Customers"),
            ("query", "Query"),
            ("request", "PBC Request"),
            ("sample", "Sample"),
        ],
        required=True,
        default="invoices",
    )
    move_ids = fields.Many2many(
        "account.move",
        "clerk_audit_pack_move_rel",
        "pack_id",
        "move_id",
        string="Selected Invoices",
        domain=lambda self: self._documents_domain(),
        copy=False,
    )
    partner_ids = fields.Many2many(
        "res.partner",
        "clerk_audit_pack_partner_rel",
        "pack_id",
        "partner_id",
        string="Customers",
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_period",
        store=True,
        readonly=False,
        precompute=True,
    )
    query_id = fields.Many2one(
        "clerk.audit.query",
        domain="[('audit_id', '=', audit_id),"
        " ('model', 'in', ('account.move', 'account.move.line'))]",
        ondelete="restrict",
        index="btree_not_null",
        help="Query of invoices or journal items. It runs when the pack is requested.",
    )
    request_id = fields.Many2one(
        "clerk.audit.request",
        domain="[('audit_id', '=', audit_id)]",
        ondelete="restrict",
        index="btree_not_null",
        help="Records delivered with the request, or else the result of its query.",
    )
    sample_model = fields.Char(
        string="Model of the Sample", compute="_compute_sample_model"
    )
    sample_id = fields.Many2oneReference(
        model_field="sample_model",
        help="The items drawn.",
    )

    def _compute_sample_model(self):
        self.sample_model = SAMPLE

    @api.depends("audit_id")
    def _compute_period(self):
        for pack in self:
            pack.date_from = pack.audit_id.date_from
            pack.date_to = pack.audit_id.date_to

    @api.model
    def _documents_domain(self):
        return [("move_type", "in", DOCUMENTS), ("state", "=", "posted")]

    def _find_moves(self):
        """Return the documents of the pack that the user may read, oldest first.

        :raises UserError: there are none, or one cannot be included
        """
        self.ensure_one()
        pack = self._with_all_companies()
        moves = self._check_moves(getattr(pack, f"_moves_of_{self.source}")())
        if not moves:
            raise UserError(
                self.env._(
                    "%s: the selection contains no posted invoices or credit notes.",
                    self.name,
                )
            )
        return moves.sorted(lambda move: (move.invoice_date or move.date, move.id))

    def _with_all_companies(self):
        """Return the pack with all its companies that the user may access."""
        companies = self._companies() & self.env.user.company_ids
        return self.with_context(allowed_company_ids=companies.ids)

    def _check_moves(self, moves):
        companies = self._companies()
        for move in moves:
            if move.company_id not in companies:
                raise UserError(
                    self.env._(
                        "%(document)s belongs to %(company)s, which is not part of "
                        "this engagement.",
                        document=move.display_name,
                        company=move.company_id.name,
                    )
                )
            if move.state != "posted":
                raise UserError(
                    self.env._(
                        "%s is not posted, so it is not evidence. Please remove it.",
                        move.display_name,
                    )
                )
        return moves

    def _moves_of_invoices(self):
        return self.move_ids

    def _moves_of_customers(self):
        customers = self.partner_ids.commercial_partner_id
        return self.env["account.move"].search(
            Domain(self._documents_domain())
            & Domain("company_id", "in", self._companies().ids)
            & Domain("commercial_partner_id", "in", customers.ids)
            & Domain("date", ">=", self.date_from)
            & Domain("date", "<=", self.date_to)
        )

    def _moves_of_query(self):
        return self._moves_of_records(self.query_id._records())

    def _moves_of_request(self):
        """Return the records delivered, or those that the query returns now.

        :raises UserError: the request has no query
        """
        delivered, query = self.request_id.snapshot_id, self.request_id.query_id
        if delivered:
            records = self.env[delivered.model].browse(
                delivered.line_ids.mapped("res_id")
            )
            return self._moves_of_records(records.exists())
        if query:
            return self._moves_of_records(query._records())
        raise UserError(
            self.env._(
                "%s has no query and therefore no invoices. Its documents are attached "
                "to "
                "the request.",
                self.request_id.display_name,
            )
        )

    def _moves_of_sample(self):
        moves = self.env["account.move"]
        for model, items in self._sample().item_ids.grouped("res_model").items():
            records = self.env[model].browse(items.mapped("res_id")).exists()
            moves |= self._moves_of_records(records)
        return moves

    def _sample(self):
        sample = self.env[SAMPLE].browse(self.sample_id).exists()
        if sample.audit_id != self.audit_id:
            raise UserError(
                self.env._("%s: choose a sample of this engagement.", self.name)
            )
        return sample

    def _moves_of_records(self, records):
        if records._name == "account.move.line":
            return records.move_id
        if records._name == "account.move":
            return records
        raise UserError(
            self.env._(
                "%(pack)s: a pack needs invoices or journal items, not “%(kind)s”.",
                pack=self.name,
                kind=records._description,
            )
        )

    def _selection(self):
        """Return the selection for the manifest, in English for every user."""
        self.ensure_one()
        pack = self.with_context(lang="en_US")
        return {
            "source": pack.source,
            **getattr(pack, f"_selection_of_{self.source}")(),
        }

    def _selection_of_invoices(self):
        return {"documents": self.move_ids.mapped("name")}

    def _selection_of_customers(self):
        return {
            "customers": [
                {"id": partner.id, "name": partner.display_name}
                for partner in self.partner_ids
            ],
            "date_from": fields.Date.to_string(self.date_from),
            "date_to": fields.Date.to_string(self.date_to),
        }

    def _selection_of_query(self):
        return self._query_details(self.query_id)

    def _selection_of_request(self):
        """Return the request, its answer and the hashes of the records delivered."""
        request = self.request_id
        return {
            "number": request.number,
            "request": request.name,
            "delivered": utc(request.delivered_on),
            "answer": request.answer or "",
            "documents": [
                {"name": document.name, "sha1": document.checksum}
                for document in request._documents()
            ],
            "sha256": request.snapshot_id.digest or "",
            **self._query_details(request.snapshot_id or request.query_id),
        }

    def _query_details(self, query):
        """Return the details of a query or of a delivered result."""
        return {
            "name": query.name,
            "model": query.model,
            "domain": query.domain,
            "columns": query.columns,
            "amount": query.amount_path or "",
            "as_of": fields.Date.to_string(query.date) or "",
        }

    def _selection_of_sample(self):
        sample = self._sample()
        names = ("name", "method", "seed", "population")
        return {"id": sample.id, **{name: sample[name] or "" for name in names}}

    def _source_text(self):
        """Return a sentence about the source for cover and index."""
        self.ensure_one()
        if self.source == "customers":
            return self.env._(
                "%(customers)s, %(date_from)s to %(date_to)s",
                customers=", ".join(self.partner_ids.mapped("display_name")),
                date_from=format_date(self.env, self.date_from),
                date_to=format_date(self.env, self.date_to),
            )
        if self.source == "query":
            return self.env._("Query: %s", self.query_id.name)
        if self.source == "request":
            return self.env._("Request: %s", self.request_id.display_name)
        if self.source == "sample":
            return self.env._("Sample: %s", self._sample().display_name)
        return self.env._("Selected invoices")

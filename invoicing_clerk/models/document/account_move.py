from odoo import api, fields, models
from odoo.fields import Domain

from ..mixin.roles import READERS


class AccountMove(models.Model):
    """Documents of invoices, and what is missing in their files."""

    _name = "account.move"
    _inherit = ["account.move", "clerk.document.subject"]

    missing_documents = fields.Char(
        compute="_compute_missing_documents", groups=READERS
    )
    is_file_incomplete = fields.Boolean(
        string="File Incomplete",
        compute="_compute_missing_documents",
        search="_search_is_file_incomplete",
        groups=READERS,
        help="Documents that the kind of invoice requires are missing.",
    )

    @api.depends("state", "move_type", "invoice_date")
    @api.depends_context("lang")
    def _compute_missing_documents(self):
        missing = self._missing_by_move()
        for move in self:
            classes = missing.get(move._origin.id)
            move.missing_documents = classes and ", ".join(classes.mapped("name"))
            move.is_file_incomplete = bool(classes)

    def _missing_by_move(self):
        """Return the classes of which documents are missing, as of now: ``{id: …}``."""
        classes = self.env["clerk.document.class"]
        rows = self.env["clerk.invoice.file"]._status_rows(self._origin.ids)
        return {row["move_id"]: classes.browse(row["missing"]) for row in rows}

    @api.model
    def _search_is_file_incomplete(self, operator, value):
        # Core does not ask for it before it calls a search method.
        self._check_field_access(self._fields["is_file_incomplete"], "read")
        if operator != "in":
            return NotImplemented
        files = self.env["clerk.invoice.file"]._search([("missing_count", ">", 0)])
        incomplete = Domain("id", "in", files.subselect("move_id"))
        return Domain.OR(incomplete if each else ~incomplete for each in set(value))

    def _missing_classes(self):
        found = self._missing_by_move().get(self.id)
        return found or super()._missing_classes()

    def _document_values(self):
        # sudo: who sold, for whoever may read the invoice.
        seller = self.invoice_user_id.sudo()
        is_colleague = seller.active and not seller.share
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "colleague_id": is_colleague and seller.id,
        }

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.mixin.roles import READERS
from odoo.addons.invoicing_clerk.rules.exemption.exemption import EXPIRING_DAYS


class ContractContract(models.Model):
    """Contracts, whose documents are in the files of their invoices.

    Documents that expire are asked for again: one expires if none of its class is
    valid for longer.
    """

    _name = "contract.contract"
    _inherit = ["contract.contract", "clerk.document.subject"]

    clerk_documents_until = fields.Date(
        string="Documents Valid Until",
        compute="_compute_clerk_documents",
        search="_search_clerk_documents_until",
        groups=READERS,
        help="The day on which the first of its documents expires, unless another of "
        "its class is valid for longer.",
    )
    clerk_expiring_class_ids = fields.Many2many(
        "clerk.document.class",
        string="Expiring Documents",
        compute="_compute_clerk_documents",
        groups=READERS,
        help="The classes of documents that have expired or expire soon.",
    )

    def _compute_clerk_documents(self):
        ends = {}
        for number, class_id, day in self.env.execute_query(
            self._document_ends_sql(SQL("AND link.res_id = ANY(%s)", self._origin.ids))
        ):
            ends.setdefault(number, {})[class_id] = day
        horizon = fields.Date.context_today(self) + timedelta(EXPIRING_DAYS)
        for contract in self:
            found = ends.get(contract._origin.id, {})
            contract.clerk_documents_until = min(found.values(), default=False)
            contract.clerk_expiring_class_ids = [
                Command.set([number for number, day in found.items() if day < horizon])
            ]

    def _search_clerk_documents_until(self, operator, value):
        """Find contracts by the day on which their documents expire."""
        if operator not in ("<", "<=") or not value:
            return NotImplemented
        ends = SQL(
            "(SELECT ending.res_id FROM (%s) AS ending WHERE ending.valid_to %s %s)",
            self._document_ends_sql(),
            SQL(operator),
            fields.Date.to_date(value),
        )
        return Domain("id", "in", ends)

    def _document_ends_sql(self, only=None):
        """Return the last day of the documents of each class, if all of them expire.

        Columns are res_id, class_id and valid_to. Nothing else of a document is read:
        whoever can read the contract may see that.
        """
        documents, links = self.env["clerk.document"], self.env["clerk.document.link"]
        documents.flush_model(["class_id", "state", "valid_to"])
        links.flush_model(["document_id", "res_id", "res_model"])
        return SQL(
            """SELECT link.res_id, document.class_id, MAX(document.valid_to) AS valid_to
                 FROM clerk_document_link AS link
                 JOIN clerk_document AS document
                   ON document.id = link.document_id AND document.state = 'filed'
                WHERE link.res_model = %s %s
                GROUP BY 1, 2
               HAVING COUNT(document.valid_to) = COUNT(*)""",
            self._name,
            only or SQL(),
        )

    def _missing_classes(self):
        return self.clerk_expiring_class_ids or super()._missing_classes()

    def _document_values(self):
        # sudo: who is responsible, for whoever may read the contract.
        responsible = self.user_id.sudo()
        return {
            "partner_id": (self.invoice_partner_id or self.partner_id).id,
            "company_id": self.company_id.id,
            "colleague_id": responsible.active
            and not responsible.share
            and responsible.id,
        }

    def action_view_documents(self):
        """Open the documents of the contract; those that are created belong to it."""
        action = super().action_view_documents()
        links = self.env["clerk.document"]._values_of_links(self)
        defaults = {"default_link_ids": links, "default_company_id": self.company_id.id}
        return {**action, "context": defaults}

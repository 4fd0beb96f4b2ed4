from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..mixin.gate import only_one


class ClerkExemption(models.Model):
    """Certificates that the customer is asked for."""

    _name = "clerk.exemption"
    _inherit = ["clerk.exemption", "clerk.document.subject"]

    request_count = fields.Integer(
        string="Document Requests", compute="_compute_request_count"
    )

    def _compute_request_count(self):
        for exemption in self:
            exemption.request_count = len(exemption._request_items().request_id)

    def _request_items(self):
        """Return the requested documents for these certificates."""
        links = self.env["clerk.document.link"].search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("item_id", "!=", False),
            ]
        )
        return links.item_id

    def _document_records(self):
        """Return the customer as well, in whose file certificates are looked for."""
        return [*super()._document_records(), *self.partner_id]

    def _document_values(self):
        return {"partner_id": self.partner_id.id, "company_id": self.company_id.id}

    def action_request(self):
        """Open a request for the file of the certificate, to be sent to the customer.

        :raises UserError: one is under way, or the file is there
        """
        only_one(self)._begin_step("request")
        self._check_needs("request", {})
        kind = self.env.ref("invoicing_clerk.document_class_certificate")
        links = self.env["clerk.document.link"]._of(self._document_records())
        request = self.env["clerk.document.request"].create(
            {
                **self._document_values(),
                "item_ids": [
                    Command.create(
                        {
                            "class_id": kind.id,
                            "link_ids": [Command.create(link) for link in links],
                        }
                    )
                ],
            }
        )
        return request.get_formview_action()

    def _obstacle(self, step, vals):
        if step == "request":
            return self._request_problem()
        return super()._obstacle(step, vals)

    def _request_problem(self):
        if self.document:
            return self.env._("The file of the certificate is there already.")
        requests = self._request_items().request_id
        if under_way := requests.filtered(lambda each: each.state in ("draft", "open")):
            return self.env._("It is asked for by %s.", under_way[0].name)
        return ""

    def action_view_requests(self):
        """Open the document requests for these certificates."""
        return self._request_items().request_id._get_records_action()

    def _take(self, item):
        """Take the file of a requested document that was accepted.

        Drafts without a file only: somebody completes and submits them.
        """
        document = item.document_ids[-1:]
        values = {
            "document": document.with_context(bin_size=False).file,
            "document_name": document.original_name,
            "received_on": (item.received_on or fields.Datetime.now()).date(),
            "valid_from": self.valid_from or document.valid_from,
            "valid_to": self.valid_to or document.valid_to,
        }
        self.write(values)
        self.message_post(body=self.env._("Received by %s.", item.request_id.name))


class ClerkDocumentLink(models.Model):
    """Certificates have documents."""

    _inherit = "clerk.document.link"

    @api.model
    def _linkable(self):
        return super()._linkable() | {"clerk.exemption"}


class ClerkInvoiceFile(models.Model):
    """Invoices that refer to a certificate keep its documents."""

    _inherit = "clerk.invoice.file"

    @api.model
    def _entry_parts(self):
        yield from super()._entry_parts()
        yield SQL(
            """SELECT 'clerk.exemption', clerk_exemption_id, id FROM account_move
                WHERE clerk_exemption_id IS NOT NULL"""
        )


class ClerkDocumentRequestItem(models.Model):
    """Accepted files of certificates, which their drafts take."""

    _inherit = "clerk.document.request.item"

    def action_accept(self):
        result = super().action_accept()
        for item in self.filtered("document_ids"):
            links = item.link_ids.filtered(
                lambda each: each.res_model == "clerk.exemption"
            )
            exemptions = self.env["clerk.exemption"].browse(links.mapped("res_id"))
            for exemption in exemptions.exists():
                if exemption.state == "draft" and not exemption.document:
                    exemption._take(item)
        return result

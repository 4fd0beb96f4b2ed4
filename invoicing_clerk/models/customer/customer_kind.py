from odoo import api, fields, models

from ...rules.customer.request import REQUIRABLE, SCOPES


class ClerkCustomerKind(models.Model):
    """A kind of customer: what must be known and filed before one is approved."""

    _name = "clerk.customer.kind"
    _description = "Kind of Customer"
    _inherit = ["clerk.checked"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    scope = fields.Selection(
        SCOPES,
        string="Customers",
        required=True,
        default="domestic",
        help="Compared with the country of the customer.",
    )
    needs_address = fields.Boolean(string="Address", default=True)
    needs_country = fields.Boolean(string="Country", default=True)
    needs_vat = fields.Boolean(string="Tax ID")
    needs_registry = fields.Boolean(string="Company ID")
    needs_email = fields.Boolean(string="Email", default=True)
    needs_phone = fields.Boolean(string="Phone")
    needs_account = fields.Boolean(string="Bank Account")
    needs_vies = fields.Boolean(
        string="Valid in VIES",
        help="The customer becomes active when the EU confirms the tax ID, or when a "
        "supervisor activates it.",
    )
    documents = fields.Text(
        string="Required Documents",
        translate=True,
        help="One document per line.",
    )

    @api.model
    def _needs(self):
        """Return the keys of what the kind requires."""
        return {key for key in REQUIRABLE if self[f"needs_{key}"]}

    def _document_names(self):
        lines = (self.documents or "").splitlines()
        return [*dict.fromkeys(each.strip() for each in lines if each.strip())]

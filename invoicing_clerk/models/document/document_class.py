from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.document.naming import clean
from ...rules.document.request import ASKED_OF

# How a document of a class may belong to an invoice, besides directly.
PLACES = [
    ("invoice", "Invoice"),
    ("order", "Order"),
    ("delivery", "Delivery"),
    ("contract", "Contract"),
    ("customer", "Customer"),
]


class ClerkDocumentClass(models.Model):
    """A class of documents: who has it, where it is found, how long it is kept."""

    _name = "clerk.document.class"
    _description = "Document Class"
    _inherit = ["clerk.checked"]
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True, size=100)
    code = fields.Char(
        required=True,
        size=16,
        help="Names of documents begin with their date and this code.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    place = fields.Selection(
        PLACES,
        string="Found On",
        required=True,
        default="invoice",
        help="Besides the invoice itself: one document of a customer is in the file of "
        "each of its invoices. With Sales, Inventory and Contracts, one of an order "
        "(contracts as well), a delivery or a contract is in those of the invoices "
        "that bill it.",
    )
    asked_of = fields.Selection(
        ASKED_OF, string="Requested From", required=True, default="customer"
    )
    days = fields.Integer(
        string="Days to Reply",
        default=5,
        help="Working days until requested documents are due.",
    )
    expires = fields.Boolean(
        help="Documents are valid until a day, and count for invoices up to then."
    )
    keep_years = fields.Integer(
        string="Retention Period (Years)",
        default=10,
        help="From the end of the fiscal year of the document.",
    )
    instructions = fields.Text(
        translate=True,
        help="Shown to whoever is asked for the document: signatures, pages, dates.",
    )

    _one_per_code = models.Constraint(
        "UNIQUE (code)", "There is another document class with this code."
    )
    _positive = models.Constraint(
        "CHECK (days >= 0 AND keep_years >= 0)",
        "Enter 0 or more days and years.",
    )

    @api.constrains("code")
    def _check_code(self):
        for each in self:
            if clean(each.code) != each.code:
                raise ValidationError(
                    self.env._(
                        "The code “%s” cannot be part of a file name. Use letters, "
                        "digits and hyphens.",
                        each.code,
                    )
                )

from odoo import fields, models


class ClerkBillingErrorReason(models.Model):
    """The kind of error that a customer may find on an invoice."""

    _name = "clerk.billing.error.reason"
    _description = "Billing Error Reason"
    _inherit = "clerk.checked"
    _order = "sequence, code"
    _rec_names_search = ["name", "code"]

    sequence = fields.Integer(default=100)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    days_to_resolve = fields.Integer(
        string="Days to Resolve",
        default=10,
        help="Days from opening a case to its deadline.",
    )
    customer_text = fields.Text(
        string="Wording for the Customer",
        translate=True,
        help="Printed on credit and debit notes and in emails to the customer.",
    )
    own_error = fields.Boolean(
        string="Our Own Error", help="Counts against our billing accuracy."
    )
    disputes_whole = fields.Boolean(
        string="Disputes the Whole Invoice",
        help="Nothing is owed on the invoice if the customer is right: all lines are "
        "claimed with quantity 0.",
    )
    in_portal = fields.Boolean(
        string="Selectable in Portal",
        help="Customers can select it when they report a problem with a statement.",
    )
    active = fields.Boolean(default=True)

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a billing error reason with this code."
    )
    _days_positive = models.Constraint(
        "CHECK (days_to_resolve >= 0)",
        "The days to resolve cannot be negative.",
    )


class ClerkBillingErrorCause(models.Model):
    """The origin of an error inside or outside the company."""

    _name = "clerk.billing.error.cause"
    _inherit = "clerk.checked"
    _description = "Billing Error Root Cause"
    _order = "sequence, name"

    sequence = fields.Integer(default=100)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    active = fields.Boolean(default=True)

from odoo import fields, models


class ClerkBillingErrorReason(models.Model):
    """What may be wrong with an invoice, and what is usually done about it."""

    _name = "clerk.billing.error.reason"
    _description = "Billing Error Reason"
    _order = "sequence, code"
    _rec_names_search = ["name", "code"]

    sequence = fields.Integer(default=100)
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    days_to_resolve = fields.Integer(
        default=10, help="Days from opening until a case of this reason is late."
    )
    customer_text = fields.Text(
        string="Wording for the Customer",
        translate=True,
        help="Printed on credit and debit notes and on the answer to the customer.",
    )
    own_error = fields.Boolean(
        string="Our Own Error", help="Counts against our billing accuracy."
    )
    in_portal = fields.Boolean(
        string="Customers Choose It",
        help="When they report an error on a statement in the portal.",
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
    """Where in our house, or outside of it, an error began."""

    _name = "clerk.billing.error.cause"
    _description = "Billing Error Root Cause"
    _order = "sequence, name"

    sequence = fields.Integer(default=100)
    name = fields.Char(required=True, translate=True)
    description = fields.Text(translate=True)
    active = fields.Boolean(default=True)

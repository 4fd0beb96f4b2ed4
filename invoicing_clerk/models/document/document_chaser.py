from odoo import fields, models


class ClerkDocumentChaser(models.Model):
    """A day on which recipients of document requests, or supervisors, are reminded."""

    _name = "clerk.document.chaser"
    _description = "Document Reminder"
    _inherit = ["clerk.checked"]
    _order = "days, id"
    _rec_name = "days"

    active = fields.Boolean(default=True)
    days = fields.Integer(
        string="Working Days",
        required=True,
        aggregator=None,
        help="After the due date; before it if negative.",
    )
    target = fields.Selection(
        [("recipient", "Recipient"), ("supervisor", "The Owner's Supervisor")],
        required=True,
        default="recipient",
        string="Notify",
    )

    _one_per_day = models.Constraint(
        "UNIQUE (days)", "There is another reminder on this day."
    )
    _bounded = models.Constraint(
        "CHECK (days BETWEEN -250 AND 250)",
        "Enter at most 250 working days.",
    )

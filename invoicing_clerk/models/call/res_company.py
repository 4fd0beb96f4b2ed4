from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    clerk_call_identity = fields.Boolean(
        string="Check Who Is Calling",
        default=True,
        help="Copies are sent and contact data changed on a call only after the caller "
        "has shown to speak for the customer.",
    )
    clerk_call_retention = fields.Integer(
        string="Keep Contents of Calls",
        help="In months; 0 keeps them for ever.",
    )

    _clerk_call_retention = models.Constraint(
        "CHECK (clerk_call_retention >= 0)",
        "Calls cannot be kept for less than no time.",
    )

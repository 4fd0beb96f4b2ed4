from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    clerk_capacity = fields.Integer(
        string="Capacity (%)",
        default=100,
        groups="invoicing_clerk.group_supervisor",
        copy=False,
        help="How much of a full share of work they take: 50 for half days.",
    )

    _clerk_capacity = models.Constraint(
        "CHECK (clerk_capacity >= 0)", "Nobody can take less than no work."
    )

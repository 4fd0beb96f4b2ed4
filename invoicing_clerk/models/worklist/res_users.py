from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    clerk_capacity = fields.Integer(
        string="Capacity (%)",
        default=100,
        groups="invoicing_clerk.group_supervisor",
        copy=False,
        help="Share of a full workload, for example 50 for half-time.",
    )

    _clerk_capacity = models.Constraint(
        "CHECK (clerk_capacity >= 0)", "The capacity cannot be negative."
    )

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    clerk_promise_grace_days = fields.Integer(
        string="Days of Grace",
        default=3,
        help="How many days after the promised one a payment still keeps a promise.",
    )
    clerk_promise_tolerance = fields.Monetary(
        string="Promises Kept Up To",
        default=1.0,
        help="How much less than was promised still keeps a promise.",
    )

    _clerk_promise_terms = models.Constraint(
        "CHECK (clerk_promise_grace_days >= 0 AND clerk_promise_tolerance >= 0)",
        "Grace and tolerance of promises cannot be less than nothing.",
    )

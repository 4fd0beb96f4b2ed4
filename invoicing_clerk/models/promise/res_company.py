from odoo import fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    clerk_promise_grace_days = fields.Integer(
        string="Grace Period (Days)",
        default=3,
        help="Number of days after the promised date during which a payment still "
        "counts as keeping the promise.",
        groups=SETTINGS_READERS,
    )
    clerk_promise_tolerance = fields.Monetary(
        string="Tolerance for Promises",
        default=1.0,
        help="Shortfall up to which a promise still counts as kept.",
        groups=SETTINGS_READERS,
    )
    clerk_hold_followup = fields.Boolean(
        string="Exclude Disputed and Promised Invoices from Follow-Up",
        help="Sets No Follow-Up on the receivable items of an invoice while it is in "
        "dispute or promised. What people set themselves is not changed.",
        groups=SETTINGS_READERS,
    )

    _clerk_promise_terms = models.Constraint(
        "CHECK (clerk_promise_grace_days >= 0 AND clerk_promise_tolerance >= 0)",
        "The grace period and tolerance of promises cannot be negative.",
    )

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_promise_grace_days = fields.Integer(
        related="company_id.clerk_promise_grace_days", readonly=False
    )
    clerk_hold_followup = fields.Boolean(
        related="company_id.clerk_hold_followup", readonly=False
    )
    clerk_promise_tolerance = fields.Monetary(
        related="company_id.clerk_promise_tolerance", readonly=False
    )

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_match_automatic = fields.Boolean(
        related="company_id.clerk_match_automatic", readonly=False
    )
    clerk_bounce_account_id = fields.Many2one(
        related="company_id.clerk_bounce_account_id", readonly=False
    )
    clerk_bounce_months = fields.Integer(
        related="company_id.clerk_bounce_months", readonly=False
    )
    clerk_separate_deposit = fields.Boolean(
        related="company_id.clerk_separate_deposit", readonly=False
    )

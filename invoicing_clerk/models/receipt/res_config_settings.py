from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_match_automatic = fields.Boolean(
        related="company_id.clerk_match_automatic", readonly=False
    )

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_exemption_check = fields.Boolean(
        related="company_id.clerk_exemption_check", readonly=False
    )

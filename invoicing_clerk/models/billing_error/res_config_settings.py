from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_error_alias_name = fields.Char(
        related="company_id.clerk_error_alias_name", readonly=False
    )
    clerk_error_alias_domain = fields.Char(
        related="company_id.alias_domain_id.name", string="Domain for Billing Errors"
    )

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_call_identity = fields.Boolean(
        related="company_id.clerk_call_identity", readonly=False
    )
    clerk_call_retention = fields.Integer(
        related="company_id.clerk_call_retention", readonly=False
    )
    clerk_call_retention_confirmed = fields.Boolean(
        related="company_id.clerk_call_retention_confirmed", readonly=False
    )

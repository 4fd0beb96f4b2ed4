from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of new customers."""

    _inherit = "res.config.settings"

    clerk_customer_approval = fields.Boolean(
        related="company_id.clerk_customer_approval", readonly=False
    )

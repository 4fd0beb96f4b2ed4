from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of changes of customers."""

    _inherit = "res.config.settings"

    clerk_customer_changes = fields.Boolean(
        related="company_id.clerk_customer_changes", readonly=False
    )
    clerk_portal_changes = fields.Boolean(
        related="company_id.clerk_portal_changes", readonly=False
    )

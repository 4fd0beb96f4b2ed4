from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_block_posting = fields.Boolean(
        related="company_id.clerk_block_posting", readonly=False
    )

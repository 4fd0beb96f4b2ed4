from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_write_off_account_id = fields.Many2one(
        related="company_id.clerk_write_off_account_id", readonly=False
    )
    clerk_write_off_limit = fields.Monetary(
        related="company_id.clerk_write_off_limit", readonly=False
    )
    clerk_stake_days = fields.Integer(
        related="company_id.clerk_stake_days", readonly=False
    )
    clerk_corrections_only = fields.Boolean(
        related="company_id.clerk_corrections_only", readonly=False
    )
    clerk_reissue_scope = fields.Selection(
        related="company_id.clerk_reissue_scope", readonly=False
    )

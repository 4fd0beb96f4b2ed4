from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .work_day import KEEP_DAYS, KEEP_KEY, LEAST_DAYS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_write_off_account_id = fields.Many2one(
        related="company_id.clerk_write_off_account_id", readonly=False
    )
    clerk_write_off_limit = fields.Monetary(
        related="company_id.clerk_write_off_limit", readonly=False
    )
    clerk_reissue_scope = fields.Selection(
        related="company_id.clerk_reissue_scope", readonly=False
    )
    clerk_call_identity = fields.Boolean(
        related="company_id.clerk_call_identity", readonly=False
    )
    clerk_promise_grace_days = fields.Integer(
        related="company_id.clerk_promise_grace_days", readonly=False
    )
    clerk_promise_tolerance = fields.Monetary(
        related="company_id.clerk_promise_tolerance", readonly=False
    )
    clerk_call_retention = fields.Integer(
        related="company_id.clerk_call_retention", readonly=False
    )
    clerk_work_item_days = fields.Integer(
        string="Days Kept", config_parameter=KEEP_KEY, default=KEEP_DAYS
    )

    @api.constrains("clerk_work_item_days")
    def _check_clerk_work_item_days(self):
        for settings in self:
            if settings.clerk_work_item_days < LEAST_DAYS:
                raise ValidationError(
                    self.env._(
                        "Keep finished work items for at least %s days: the desk and "
                        "those who ask what was done last month need them.",
                        LEAST_DAYS,
                    )
                )

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .work_day import KEEP_DAYS, KEEP_KEY, LEAST_DAYS


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    clerk_work_start = fields.Date(
        related="company_id.clerk_work_start", readonly=False
    )
    clerk_work_item_days = fields.Integer(
        string="Keep Finished Work Items (Days)",
        config_parameter=KEEP_KEY,
        default=KEEP_DAYS,
    )

    @api.constrains("clerk_work_item_days")
    def _check_clerk_work_item_days(self):
        for settings in self:
            if settings.clerk_work_item_days < LEAST_DAYS:
                raise ValidationError(
                    self.env._(
                        "Finished work items must be kept for at least %s days: the "
                        "desk and reports on recent work need them.",
                        LEAST_DAYS,
                    )
                )

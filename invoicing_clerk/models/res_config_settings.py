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
    clerk_statement_plan = fields.Boolean(
        related="company_id.clerk_statement_plan", readonly=False
    )
    clerk_statement_day = fields.Integer(
        related="company_id.clerk_statement_day", readonly=False
    )
    clerk_statement_user_id = fields.Many2one(
        related="company_id.clerk_statement_user_id", readonly=False
    )
    clerk_statement_type = fields.Selection(
        related="company_id.clerk_statement_type", readonly=False
    )
    clerk_statement_grouping = fields.Selection(
        related="company_id.clerk_statement_grouping", readonly=False
    )
    clerk_statement_delivery = fields.Selection(
        related="company_id.clerk_statement_delivery", readonly=False
    )
    clerk_statement_minimum = fields.Monetary(
        related="company_id.clerk_statement_minimum", readonly=False
    )
    clerk_statement_with_zero = fields.Boolean(
        related="company_id.clerk_statement_with_zero", readonly=False
    )
    clerk_statement_with_credit = fields.Boolean(
        related="company_id.clerk_statement_with_credit", readonly=False
    )
    clerk_statement_link_days = fields.Integer(
        related="company_id.clerk_statement_link_days", readonly=False
    )
    clerk_statement_mails_per_minute = fields.Integer(
        related="company_id.clerk_statement_mails_per_minute", readonly=False
    )
    clerk_statement_keep_months = fields.Integer(
        related="company_id.clerk_statement_keep_months", readonly=False
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

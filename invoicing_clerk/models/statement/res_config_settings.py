from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Statement settings of the current company."""

    _inherit = "res.config.settings"

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

    @api.model_create_multi
    def create(self, vals_list):
        """Plan statements after their reviewer is set, and stop before it is emptied.

        Odoo writes the settings one by one, and each is checked alone.
        """
        return super().create(
            [dict(sorted(vals.items(), key=_plan_at_its_time)) for vals in vals_list]
        )


def _plan_at_its_time(item):
    name, value = item
    return 0 if name != "clerk_statement_plan" else 1 if value else -1

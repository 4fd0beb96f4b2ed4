from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.statement.statement import DELIVERY_WAYS, TYPES
from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    """Statement settings of a company. Its branches are included in its statements."""

    _inherit = "res.company"

    clerk_statement_plan = fields.Boolean(
        string="Automatic Monthly Statements",
        help="A statement run as of the end of the previous month is created and "
        "computed automatically. Nothing is sent before it has been reviewed.",
        groups=SETTINGS_READERS,
    )
    clerk_statement_day = fields.Integer(
        string="Day of the Month",
        default=3,
        help="The run is created on this day or the next working day, and in shorter "
        "months on the last day.",
        groups=SETTINGS_READERS,
    )
    clerk_statement_user_id = fields.Many2one(
        "res.users",
        string="Statement Reviewer",
        domain="[('share', '=', False)]",
        help="The run is computed with this user's access rights, and the user "
        "receives an activity to review it.",
        groups=SETTINGS_READERS,
    )
    clerk_statement_type = fields.Selection(
        TYPES,
        string="Statement Type",
        default="open_item",
        groups=SETTINGS_READERS,
    )
    clerk_statement_grouping = fields.Selection(
        [("customer", "By Customer"), ("address", "By Invoice Address")],
        string="Group Statements",
        default="customer",
        groups=SETTINGS_READERS,
    )
    clerk_statement_delivery = fields.Selection(
        DELIVERY_WAYS,
        string="Statement Delivery",
        default="email",
        help="For customers without a preference of their own.",
        groups=SETTINGS_READERS,
    )
    clerk_statement_minimum = fields.Monetary(
        string="Minimum Statement Balance",
        help="Customers who owe less are excluded.",
        groups=SETTINGS_READERS,
    )
    clerk_statement_with_zero = fields.Boolean(
        string="Include Zero Balances",
        groups=SETTINGS_READERS,
    )
    clerk_statement_with_credit = fields.Boolean(
        string="Include Credit Balances",
        default=True,
        groups=SETTINGS_READERS,
    )
    clerk_statement_link_days = fields.Integer(
        string="Statement Link Validity",
        default=90,
        help="Number of days after the statement date during which its link opens "
        "without login.",
        groups=SETTINGS_READERS,
    )
    clerk_statement_mails_per_minute = fields.Integer(
        string="Statement Emails per Minute",
        help="Limits the sending rate to avoid spam filters. 0 means no limit.",
        groups=SETTINGS_READERS,
    )
    clerk_statement_keep_months = fields.Integer(
        string="Statement Retention",
        help="Number of months after which lines and PDFs of a run are deleted. "
        "Totals, seals and delivery status are kept. 0 keeps everything.",
        groups=SETTINGS_READERS,
    )

    _clerk_statement_day = models.Constraint(
        "CHECK (clerk_statement_day BETWEEN 1 AND 31)",
        "The day of the month for statements must be between 1 and 31.",
    )
    _clerk_statement_link_days = models.Constraint(
        "CHECK (clerk_statement_link_days > 0)",
        "Links to statements must be valid for at least one day.",
    )
    _clerk_statement_mails_per_minute = models.Constraint(
        "CHECK (clerk_statement_mails_per_minute >= 0)",
        "The number of emails per minute must be 0 or more.",
    )
    _clerk_statement_keep_months = models.Constraint(
        "CHECK (clerk_statement_keep_months >= 0)",
        "The number of months must be 0 or more.",
    )

    @api.constrains("clerk_statement_plan", "clerk_statement_user_id")
    def _check_clerk_statement_user(self):
        for company in self.filtered("clerk_statement_plan"):
            user = company.clerk_statement_user_id
            if not user:
                raise ValidationError(
                    self.env._(
                        "%s: select who reviews the monthly statements.", company.name
                    )
                )
            if not user.has_group("invoicing_clerk.group_clerk"):
                raise ValidationError(
                    self.env._(
                        "%(company)s: %(user)s cannot review statements. Select a "
                        "clerk or a supervisor.",
                        company=company.name,
                        user=user.name,
                    )
                )

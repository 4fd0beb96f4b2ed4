from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...rules.statement.statement import DELIVERY_WAYS, TYPES


class ResCompany(models.Model):
    """How a company makes, mails and keeps statements. Its branches are on them."""

    _inherit = "res.company"

    clerk_statement_plan = fields.Boolean(
        string="Make Monthly Statements",
        help="A run for the end of the last month is made and computed by itself. "
        "Nothing is sent before somebody reviewed it.",
    )
    clerk_statement_day = fields.Integer(
        string="Day of the Month",
        default=3,
        help="Or the next working day; in a shorter month, its last day.",
    )
    clerk_statement_user_id = fields.Many2one(
        "res.users",
        string="Statements Reviewed By",
        domain="[('share', '=', False)]",
        help="The run is computed with their rights, and they are told to review it.",
    )
    clerk_statement_type = fields.Selection(
        TYPES, string="Type of Statement", default="open_item"
    )
    clerk_statement_grouping = fields.Selection(
        [("customer", "By Customer"), ("address", "By Invoice Address")],
        string="One Statement",
        default="customer",
    )
    clerk_statement_delivery = fields.Selection(
        DELIVERY_WAYS,
        string="Statements Go",
        default="email",
        help="To customers who did not say how they want theirs.",
    )
    clerk_statement_minimum = fields.Monetary(
        string="Smallest Statement", help="Who owes less is sent none."
    )
    clerk_statement_with_zero = fields.Boolean(
        string="Statements Where Nothing Is Open"
    )
    clerk_statement_with_credit = fields.Boolean(
        string="Statements in Credit Only", default=True
    )
    clerk_statement_link_days = fields.Integer(
        string="Links Work For",
        default=90,
        help="Days after its date for which a statement's link opens without log-in.",
    )
    clerk_statement_mails_per_minute = fields.Integer(
        string="Mails a Minute",
        help="At most so many statements are mailed in a minute, so that no provider "
        "takes them for spam. 0: as fast as the mail server takes them.",
    )
    clerk_statement_keep_months = fields.Integer(
        string="Keep Lines For",
        help="Months after which lines and PDFs of a run are dropped. Totals, seals "
        "and what became of each statement stay. 0: everything is kept.",
    )

    _clerk_statement_day = models.Constraint(
        "CHECK (clerk_statement_day BETWEEN 1 AND 31)",
        "The day of the month of the statements is between 1 and 31.",
    )
    _clerk_statement_link_days = models.Constraint(
        "CHECK (clerk_statement_link_days > 0)",
        "Links to statements must work for at least one day.",
    )
    _clerk_statement_mails_per_minute = models.Constraint(
        "CHECK (clerk_statement_mails_per_minute >= 0)",
        "Statements cannot be mailed less often than never.",
    )
    _clerk_statement_keep_months = models.Constraint(
        "CHECK (clerk_statement_keep_months >= 0)",
        "Statements cannot be kept for less than no time.",
    )

    @api.constrains("clerk_statement_plan", "clerk_statement_user_id")
    def _check_clerk_statement_user(self):
        for company in self.filtered("clerk_statement_plan"):
            user = company.clerk_statement_user_id
            if not user:
                raise ValidationError(
                    self.env._(
                        "%s: say who reviews the monthly statements.", company.name
                    )
                )
            if not user.has_group("invoicing_clerk.group_clerk"):
                raise ValidationError(
                    self.env._(
                        "%(company)s: %(user)s cannot review statements. Choose a "
                        "clerk or a supervisor.",
                        company=company.name,
                        user=user.name,
                    )
                )

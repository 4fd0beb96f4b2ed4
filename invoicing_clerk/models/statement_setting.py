from odoo import fields, models


class StatementSetting(models.AbstractModel):
    """How fast a company mails its statements, and how long it keeps them."""

    _name = "clerk.statement.setting"
    _description = "Delivery of a Company's Statements"

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

    _clerk_statement_mails_per_minute = models.Constraint(
        "CHECK (clerk_statement_mails_per_minute >= 0)",
        "Statements cannot be mailed less often than never.",
    )
    _clerk_statement_keep_months = models.Constraint(
        "CHECK (clerk_statement_keep_months >= 0)",
        "Statements cannot be kept for less than no time.",
    )

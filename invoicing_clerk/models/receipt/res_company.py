from odoo import fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    """Settings of matching, bounced payments and deposits."""

    _inherit = "res.company"

    clerk_match_automatic = fields.Boolean(
        string="Apply Certain Payments Automatically",
        groups=SETTINGS_READERS,
        help="Payments that say what they are for, to the cent, are applied without "
        "asking. Each can be undone.",
    )
    clerk_bounce_account_id = fields.Many2one(
        "account.account",
        string="Account for Returned Payments",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other', 'income_other'))]",
        help="Fees of the bank are debited to this account, and charges to customers "
        "credited.",
        groups=SETTINGS_READERS,
    )
    clerk_bounce_months = fields.Integer(
        string="Remember Bounced Payments (Months)",
        default=12,
        help="For this long, a bounced payment is shown with its customer.",
        groups=SETTINGS_READERS,
    )
    clerk_separate_deposit = fields.Boolean(
        string="Separate Entry and Deposit",
        groups=SETTINGS_READERS,
        help="Whoever has entered a receipt cannot take it to the bank: a colleague "
        "does so.",
    )

    _clerk_bounce_months = models.Constraint(
        "CHECK (clerk_bounce_months BETWEEN 0 AND 120)",
        "The number of months must be between 0 and 120 (ten years).",
    )

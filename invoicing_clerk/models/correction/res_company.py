from odoo import fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    clerk_write_off_account_id = fields.Many2one(
        "account.account",
        string="Write-off Account",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other', 'income_other'))]",
        groups=SETTINGS_READERS,
    )
    clerk_write_off_limit = fields.Monetary(
        string="Largest Write-off",
        default=10.0,
        help="Larger amounts are collected or credited instead.",
        groups=SETTINGS_READERS,
    )
    clerk_stake_days = fields.Integer(
        string="Aggregation Period (Days)",
        default=30,
        help="Corrections of the same customer by the same person count together "
        "against approval limits while they are open and for this number of days.",
        groups=SETTINGS_READERS,
    )
    clerk_corrections_only = fields.Boolean(
        string="Credit Notes by Correction Only",
        help="Clerks can neither post other credit notes to customers nor reset "
        "customer invoices and credit notes to draft. Supervisors can.",
        groups=SETTINGS_READERS,
    )
    clerk_reissue_scope = fields.Selection(
        [
            ("none", "Nothing (credit and rebill)"),
            ("reference", "Customer reference"),
            ("all", "Reference, delivery address and notes"),
        ],
        string="Changeable on a Posted Invoice",
        required=True,
        default="reference",
        help="The changes that the law allows on an invoice that keeps its number.",
        groups=SETTINGS_READERS,
    )

    _clerk_stake_days = models.Constraint(
        "CHECK (clerk_stake_days BETWEEN 0 AND 3660)",
        "The number of days must be between 0 and 3,660 (ten years).",
    )

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

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    clerk_write_off_account_id = fields.Many2one(
        "account.account",
        string="Write-off Account",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other', 'income_other'))]",
    )
    clerk_write_off_limit = fields.Monetary(
        string="Largest Write-off",
        default=10.0,
        help="Above it, what a customer still owes is collected or credited.",
    )
    clerk_reissue_scope = fields.Selection(
        [
            ("none", "Nothing: credit and rebill instead"),
            ("reference", "The customer's reference"),
            ("all", "Reference, delivery address and notes"),
        ],
        string="Changeable on a Posted Invoice",
        required=True,
        default="reference",
        help="What the law that this company invoices under lets it change on an "
        "invoice that keeps its number.",
    )

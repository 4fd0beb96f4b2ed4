from odoo import fields, models


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = ["res.company", "clerk.statement.company"]

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
    clerk_call_identity = fields.Boolean(
        string="Check Who Is Calling",
        default=True,
        help="Copies are sent and contact data changed on a call only after the caller "
        "has shown to speak for the customer.",
    )
    clerk_promise_grace_days = fields.Integer(
        string="Days of Grace",
        default=3,
        help="How many days after the promised one a payment still keeps a promise.",
    )
    clerk_promise_tolerance = fields.Monetary(
        string="Promises Kept Up To",
        default=1.0,
        help="How much less than was promised still keeps a promise.",
    )

    _clerk_promise_terms = models.Constraint(
        "CHECK (clerk_promise_grace_days >= 0 AND clerk_promise_tolerance >= 0)",
        "Grace and tolerance of promises cannot be less than nothing.",
    )
    clerk_call_retention = fields.Integer(
        string="Keep Contents of Calls",
        help="In months; 0 keeps them for ever.",
    )

    _clerk_call_retention = models.Constraint(
        "CHECK (clerk_call_retention >= 0)",
        "Calls cannot be kept for less than no time.",
    )

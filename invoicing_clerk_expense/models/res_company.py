from odoo import fields, models

from odoo.addons.invoicing_clerk.models.mixin.roles import SETTINGS_READERS

from ..rules.expense import METHODS


class ResCompany(models.Model):
    """Terms at which expenses are charged on to customers."""

    _inherit = "res.company"

    clerk_expense_charge = fields.Selection(
        METHODS,
        string="Charge Expenses",
        default="cost",
        required=True,
        groups=SETTINGS_READERS,
        help="Price at which new expenses are charged on to customers.",
    )
    clerk_expense_markup = fields.Float(
        string="Mark-up on Expenses (%)",
        digits=(6, 2),
        groups=SETTINGS_READERS,
        help="Mark-up of new expenses, in percent of the cost without tax.",
    )

    clerk_expense_attach = fields.Boolean(
        string="Attach Receipts to Invoices",
        default=True,
        groups=SETTINGS_READERS,
        help="Invoices are emailed with the receipts of expenses charged at cost.",
    )

    _clerk_expense_markup = models.Constraint(
        "CHECK (clerk_expense_markup BETWEEN 0 AND 1000)",
        "The mark-up on expenses must be between 0 and 1000 percent.",
    )

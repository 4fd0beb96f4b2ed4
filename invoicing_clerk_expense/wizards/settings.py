from odoo import fields, models


class ClerkSettings(models.TransientModel):
    """Settings of expenses that supervisors change."""

    _inherit = "clerk.settings"

    clerk_expense_charge = fields.Selection(
        related="company_id.clerk_expense_charge", readonly=False
    )
    clerk_expense_markup = fields.Float(
        related="company_id.clerk_expense_markup", readonly=False
    )
    clerk_expense_attach = fields.Boolean(
        related="company_id.clerk_expense_attach", readonly=False
    )

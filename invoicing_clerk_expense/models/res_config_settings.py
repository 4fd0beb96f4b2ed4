from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of expenses that are charged on."""

    _inherit = "res.config.settings"

    clerk_expense_charge = fields.Selection(
        related="company_id.clerk_expense_charge", readonly=False
    )
    clerk_expense_markup = fields.Float(
        related="company_id.clerk_expense_markup", readonly=False
    )
    clerk_expense_attach = fields.Boolean(
        related="company_id.clerk_expense_attach", readonly=False
    )

from odoo import fields, models


class ClerkDepositCash(models.Model):
    """Notes or coins of one denomination in a deposit."""

    _name = "clerk.deposit.cash"
    _description = "Cash of a Deposit"
    _inherit = ["clerk.cash"]
    _order = "deposit_id, value desc"
    _row_of = "deposit_id"
    _final_fields = frozenset({"deposit_id"})

    deposit_id = fields.Many2one(
        "clerk.deposit",
        string="Bank Deposit",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="deposit_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="deposit_id.currency_id")

    _denomination = models.UniqueIndex(
        "(deposit_id, value)", "Each denomination may be entered only once."
    )

from odoo import fields, models


class ClerkPettyCountCash(models.Model):
    """Notes or coins of one denomination in a count of petty cash."""

    _name = "clerk.petty.count.cash"
    _description = "Cash of a Petty Cash Count"
    _inherit = ["clerk.cash"]
    _order = "count_id, value desc"
    _row_of = "count_id"
    _final_fields = frozenset({"count_id"})

    count_id = fields.Many2one(
        "clerk.petty.count",
        string="Petty Cash Count",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="count_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="count_id.currency_id")

    _denomination = models.UniqueIndex(
        "(count_id, value)", "Each denomination may be entered only once."
    )

from odoo import fields, models


class ClerkStatementComparison(models.TransientModel):
    """Comparison of a statement with the current ledger, by entry."""

    _name = "clerk.statement.comparison"
    _description = "Statement Comparison"
    _inherit = "clerk.checked"

    statement_id = fields.Many2one("clerk.statement", required=True, readonly=True)
    is_seal_intact = fields.Boolean(string="Seal Intact", readonly=True)
    line_ids = fields.One2many(
        "clerk.statement.comparison.line",
        "comparison_id",
        string="Changes",
        readonly=True,
    )


class ClerkStatementComparisonLine(models.TransientModel):
    """An entry whose open amount as of the statement date has changed."""

    _name = "clerk.statement.comparison.line"
    _inherit = "clerk.checked"
    _description = "Statement Comparison Line"
    _order = "id"

    comparison_id = fields.Many2one(
        "clerk.statement.comparison", required=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one("account.move.line", string="Entry", readonly=True)
    name = fields.Char(string="Document", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    before = fields.Monetary(string="On Statement", readonly=True)
    now = fields.Monetary(string="In Ledger Now", readonly=True)

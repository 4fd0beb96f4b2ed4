from odoo import fields, models


class ClerkStatementComparison(models.TransientModel):
    """Shows a statement beside the ledger as it is now, entry by entry."""

    _name = "clerk.statement.comparison"
    _description = "Statement Beside the Ledger"

    statement_id = fields.Many2one("clerk.statement", required=True, readonly=True)
    is_seal_whole = fields.Boolean(readonly=True)
    line_ids = fields.One2many(
        "clerk.statement.comparison.line", "comparison_id", readonly=True
    )


class ClerkStatementComparisonLine(models.TransientModel):
    """One entry whose open amount at the day of the statement changed since."""

    _name = "clerk.statement.comparison.line"
    _description = "Entry Changed Since a Statement"
    _order = "id"

    comparison_id = fields.Many2one(
        "clerk.statement.comparison", required=True, ondelete="cascade"
    )
    move_line_id = fields.Many2one("account.move.line", string="Entry", readonly=True)
    name = fields.Char(string="Document", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    before = fields.Monetary(string="On the Statement", readonly=True)
    now = fields.Monetary(string="In the Ledger Now", readonly=True)

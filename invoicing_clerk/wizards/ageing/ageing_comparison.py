from odoo import fields, models

from ...rules.ageing.ageing import REASONS


class ClerkAgeingComparison(models.TransientModel):
    """Comparison of a frozen report with the current ledger, by entry."""

    _name = "clerk.ageing.comparison"
    _description = "Aged Receivables Comparison"
    _inherit = ["clerk.guarded"]
    _guards_all = True

    ageing_id = fields.Many2one("clerk.ageing", required=True, readonly=True)
    currency_id = fields.Many2one(related="ageing_id.currency_id")
    is_seal_intact = fields.Boolean(string="Seal Intact", readonly=True)
    change_count = fields.Integer(string="Changed Entries", readonly=True)
    difference = fields.Monetary(
        string="Change of Balance",
        readonly=True,
        help="The balance in the ledger now, less the balance that was frozen.",
    )
    line_ids = fields.One2many(
        "clerk.ageing.comparison.line",
        "comparison_id",
        string="Changes",
        readonly=True,
    )


class ClerkAgeingComparisonLine(models.TransientModel):
    """An entry whose open amount as of the date has changed since the freeze."""

    _name = "clerk.ageing.comparison.line"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _description = "Aged Receivables Comparison Line"
    _order = "id"

    comparison_id = fields.Many2one(
        "clerk.ageing.comparison", required=True, ondelete="cascade"
    )
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    name = fields.Char(string="Number", readonly=True)
    customer_name = fields.Char(string="Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    before = fields.Monetary(string="Frozen", readonly=True)
    now = fields.Monetary(string="In Ledger Now", readonly=True)
    reason = fields.Selection(REASONS, readonly=True)

from odoo import fields, models


class ClerkReceiptMatchLine(models.Model):
    """Amount that a match applies to an open item."""

    _name = "clerk.receipt.match.line"
    _description = "Payment Match Item"
    _inherit = "clerk.guarded"
    _guards_all = True
    _order = "id"

    match_id = fields.Many2one(
        "clerk.receipt.match",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    item_id = fields.Many2one(
        "account.move.line",
        string="Open Item",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(related="item_id.move_id", string="Document")
    date_maturity = fields.Date(related="item_id.date_maturity")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    open_amount = fields.Monetary(string="Open", readonly=True)
    amount = fields.Monetary(string="To Apply", readonly=True)
    discount = fields.Monetary(
        readonly=True, help="Discount for early payment that the payment takes."
    )
    discount_move_id = fields.Many2one(
        "account.move",
        string="Discount Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    short_amount = fields.Monetary(string="Short", readonly=True)
    state = fields.Selection(related="match_id.state")

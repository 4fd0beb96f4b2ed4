from odoo import api, fields, models


class ClerkPromiseLine(models.Model):
    """A promised instalment: a receivable journal item, so that an invoice with
    payment terms can be promised in parts.

    Promises create their lines; users cannot.
    """

    _name = "clerk.promise.line"
    _description = "Promised Instalment"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "promise_id, id"
    _rec_name = "move_line_id"

    promise_id = fields.Many2one(
        "clerk.promise", required=True, readonly=True, ondelete="cascade", index=True
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Instalment",
        readonly=True,
        # An invoice that is reset to draft creates its instalments anew. The line goes
        # when the promise has been judged without it.
        ondelete="set null",
        index=True,
    )
    # Not related: core would look for promises whenever it writes journal items.
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_move_id",
        store=True,
        index=True,
    )
    date_maturity = fields.Date(related="move_line_id.date_maturity")
    company_id = fields.Many2one(related="promise_id.company_id", store=True)
    part = fields.Integer(string="Payment No.", related="promise_id.part", store=True)
    is_active = fields.Boolean(
        string="Active",
        compute="_compute_is_active",
        store=True,
        help="The promise is open: it counts for the instalment.",
    )

    _one_active = models.UniqueIndex(
        "(move_line_id, part) WHERE is_active",
        "Somebody else has just recorded a promise for the same instalment. Reload "
        "the page to see it.",
    )

    _deleted = models.Index("(promise_id) WHERE move_line_id IS NULL")

    @api.depends("move_line_id")
    def _compute_move_id(self):
        for line in self:
            line.move_id = line.move_line_id.move_id

    @api.depends("promise_id.state")
    def _compute_is_active(self):
        for line in self:
            line.is_active = line.promise_id.state == "open"

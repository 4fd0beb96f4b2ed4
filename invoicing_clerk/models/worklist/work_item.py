from odoo import api, fields, models

from ...rules.worklist import worklist as rules


class ClerkWorkItem(models.Model):
    """One record that is in one worklist, and who does what about it.

    Refreshes make and close items; people take steps with them. Nobody writes their
    fields: what they say about a record is the worklist's word.
    """

    _name = "clerk.work.item"
    _description = "Work Item"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "score desc, deadline, id"
    _rec_name = "record_name"

    worklist_id = fields.Many2one(
        "clerk.worklist", required=True, readonly=True, ondelete="cascade"
    )
    instructions = fields.Text(related="worklist_id.instructions")
    partner_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null"
    )
    amount = fields.Monetary(readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate of the last refresh; this is what scores count.",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    company_currency_id = fields.Many2one(
        "res.currency", compute="_compute_company_currency_id"
    )
    date = fields.Date(readonly=True, help="Of the record: when it is due, say.")
    create_date = fields.Datetime(string="Entered")
    deadline = fields.Date(readonly=True, help="By when the item should be done.")
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late")
    score = fields.Integer(readonly=True, aggregator="avg")
    points = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why", help="What makes up the score.")
    fingerprint = fields.Char(readonly=True)
    is_current = fields.Boolean(
        default=True,
        readonly=True,
        help="The record has been in the worklist, as it was, ever since.",
    )

    _one_open = models.UniqueIndex(
        "(worklist_id, res_id) WHERE state IN ('open', 'in_progress', 'snoozed')",
        "A record is in a worklist only once.",
    )
    _current = models.Index("(worklist_id, res_id) WHERE is_current")
    _queue = models.Index(
        "(worklist_id, user_id, score DESC, deadline, id) WHERE state = 'open'"
    )
    _flow_in = models.Index("(worklist_id, create_date)")
    _flow_out = models.Index("(worklist_id, closed_on) WHERE closed_on IS NOT NULL")
    _record = models.Index("(res_model, res_id)")

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_company_currency_id(self):
        for item in self:
            company = item.company_id or self.env.company
            item.company_currency_id = company.currency_id

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for item in self:
            item.is_late = bool(
                item.state in rules.OPEN_STATES
                and item.deadline
                and item.deadline < today
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = fields.Domain("state", "in", rules.OPEN_STATES) & fields.Domain(
            "deadline", "<", fields.Date.context_today(self)
        )
        return late if True in value else ~late

    @api.depends("points")
    @api.depends_context("lang")
    def _compute_why(self):
        # sudo: how a rule is called, for who may read the item that it scored.
        wanted = {int(rule) for item in self for rule in item.points or {}}
        found = self.env["clerk.worklist.rule"].sudo().browse(wanted).exists()
        names = {str(rule.id): rule.name for rule in found}
        for item in self:
            item.why = rules.breakdown(rules.reasons(item.points or {}, names))

    # On and on

    def action_next(self):
        """The next item of the same list."""
        self.ensure_one()
        return self.worklist_id.action_next()

    def action_done_next(self):
        """This one is done: on to the next of the same list."""
        self.ensure_one()
        self.action_done()
        return self.action_next()

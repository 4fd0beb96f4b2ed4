from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.worklist import score as rules
from ...rules.worklist.work_item import LIFECYCLE, OPEN_STATES, STATES, UNDO_SECONDS

UNFINISHED = "state IN ('open', 'in_progress', 'snoozed')"


class ClerkWorkItem(models.Model):
    """A record listed in a worklist: its priority, who works on it, how it ended.

    Refreshes create and close items, and clerks take steps with them. Nobody edits
    their fields, because these repeat the values of the record. What a
    clerk schedules for an item ("call back on Tuesday") ends with the item.
    """

    _name = "clerk.work.item"
    _description = "Work Item"
    _inherit = [
        "clerk.lifecycle",
        "clerk.automated",
        "clerk.due",
        "clerk.thread",
        "mail.activity.mixin",
    ]
    _due_field = "deadline"
    _order = "score desc, deadline, id"
    _rec_name = "record_name"
    # Nobody writes items; readers may schedule activities on them.
    _mail_post_access = "read"

    _lifecycle = LIFECYCLE
    _guards_all = True

    worklist_id = fields.Many2one(
        "clerk.worklist", required=True, readonly=True, ondelete="cascade"
    )
    instructions = fields.Text(related="worklist_id.instructions")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    amount = fields.Monetary(readonly=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_company = fields.Monetary(
        string="Amount in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate of the last refresh. Scores are based on this amount.",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    company_currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_company_currency_id",
    )
    date = fields.Date(
        readonly=True, help="Date of the record, for example its due date."
    )
    create_date = fields.Datetime(string="Listed On")
    deadline = fields.Date(
        readonly=True, help="Day by which the item should be finished."
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_is_late", search="_search_is_late"
    )
    late_count = fields.Integer(
        string="Late Items", compute="_compute_late_count", aggregator="sum"
    )
    age_days = fields.Integer(
        string="Age (Days)",
        compute="_compute_age_days",
        aggregator="avg",
        help="Days since the record was listed; for finished items, until they were "
        "finished.",
    )
    score = fields.Integer(readonly=True, aggregator="avg")
    points = fields.Json(string="Points per Rule", readonly=True, exportable=False)
    why = fields.Char(
        string="Reasons", compute="_compute_why", help="Breakdown of the score."
    )
    fingerprint = fields.Char(
        readonly=True, exportable=False, export_string_translation=False
    )
    is_current = fields.Boolean(
        string="Still Listed",
        default=True,
        readonly=True,
        help="The record has been in the worklist, unchanged, since it was listed.",
    )

    # What steps set

    state = fields.Selection(
        STATES, string="Status", default="open", required=True, readonly=True
    )
    user_id = fields.Many2one("res.users", string="Assigned To", readonly=True)
    snooze_until = fields.Datetime(string="Snoozed Until", readonly=True)
    snooze_reason = fields.Char(readonly=True)
    claimed_on = fields.Datetime(readonly=True)
    closed_on = fields.Datetime(string="Finished On", readonly=True)
    done_by_id = fields.Many2one("res.users", readonly=True)
    outcome = fields.Selection(
        [
            ("solved", "Solved"),
            ("nothing", "No Action Needed"),
            ("elsewhere", "Handled Elsewhere"),
        ],
        readonly=True,
    )
    note = fields.Text(readonly=True, help="Comment entered with the last step.")
    handed_by_id = fields.Many2one("res.users", string="Handed Over By", readonly=True)
    before = fields.Json(
        string="Values before the Last Step", readonly=True, exportable=False
    )
    stepped_by_id = fields.Many2one("res.users", string="Last Step By", readonly=True)
    stepped_on = fields.Datetime(string="Last Step On", readonly=True)

    _one_open = models.UniqueIndex(
        "(worklist_id, res_id) WHERE state IN ('open', 'in_progress', 'snoozed')",
        "A record can be in a worklist only once.",
    )
    _current = models.Index("(worklist_id, res_id) WHERE is_current")
    _queue = models.Index(
        "(worklist_id, user_id, score DESC, deadline, id) WHERE state = 'open'"
    )
    # In the order of the lists, so that PostgreSQL checks the records of one page, and
    # not those of all items, to sort them.
    _list = models.Index(f"(worklist_id, score DESC, deadline, id) WHERE {UNFINISHED}")
    _urgent = models.Index(f"(score DESC, deadline, id) WHERE {UNFINISHED}")
    _assigned = models.Index(
        "(user_id, score DESC, deadline, id)"
        f" WHERE user_id IS NOT NULL AND {UNFINISHED}"
    )
    _inflow = models.Index("(worklist_id, create_date)")
    _outflow = models.Index("(worklist_id, closed_on) WHERE closed_on IS NOT NULL")
    _record = models.Index("(res_model, res_id)")

    @api.depends("company_id")
    @api.depends_context("company")
    def _compute_company_currency_id(self):
        for item in self:
            company = item.company_id or self.env.company
            item.company_currency_id = company.currency_id

    @api.depends("points")
    @api.depends_context("lang")
    def _compute_why(self):
        # sudo: the names of rules, for readers of the items that they scored.
        rule_ids = {int(rule) for item in self for rule in item.points or {}}
        existing = self.env["clerk.worklist.rule"].sudo().browse(rule_ids).exists()
        names = {str(rule.id): rule.name for rule in existing}
        for item in self:
            item.why = rules.breakdown(rules.reasons(item.points or {}, names))

    # Deadline and age: they change every day, so nothing is stored

    @api.depends("deadline", "state")
    def _compute_is_late(self):
        today = fields.Date.context_today(self)
        for item in self:
            item.is_late = bool(
                item.state in OPEN_STATES and item.deadline and item.deadline < today
            )

    @api.model
    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("state", "in", OPEN_STATES) & Domain(
            "deadline", "<", fields.Date.context_today(self)
        )
        return late if True in value else ~late

    @api.depends("is_late")
    def _compute_late_count(self):
        for item in self:
            item.late_count = int(item.is_late)

    @api.depends("create_date", "closed_on")
    def _compute_age_days(self):
        today = fields.Date.context_today(self)
        for item in self:
            last = item.closed_on.date() if item.closed_on else today
            item.age_days = (last - item.create_date.date()).days

    def _read_group_select(self, aggregate_spec, query):
        """Let the database aggregate the age and count late items."""
        today = fields.Date.context_today(self)

        def column(name):
            return self._field_to_sql(self._table, name, query)

        if aggregate_spec == "age_days:avg":
            return SQL(
                "AVG(COALESCE(%s::date, %s) - %s::date)",
                column("closed_on"),
                today,
                column("create_date"),
            )
        if aggregate_spec == "late_count:sum":
            return SQL(
                "COUNT(*) FILTER (WHERE %s IN %s AND %s < %s)",
                column("state"),
                OPEN_STATES,
                column("deadline"),
                today,
            )
        return super()._read_group_select(aggregate_spec, query)

    # Scheduled activities

    @api.model
    def _unlink_activities_of_closed(self):
        """Delete the activities scheduled for items that are closed permanently.

        Steps and refreshes write items in SQL, and a step can be undone for a minute,
        so the cron that refreshes worklists does this.
        """
        settled = fields.Datetime.now() - timedelta(seconds=UNDO_SECONDS)
        # sudo: whoever scheduled the activity or closed the item, it is obsolete now.
        closed = self.sudo()._search(
            [("state", "in", ("done", "left")), ("closed_on", "<", settled)]
        )
        # sudo: as above.
        self.env["mail.activity"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", closed)]
        ).unlink()

    # Buttons that go on to the next item

    def action_next(self):
        """Open the next item of the same list."""
        self.ensure_one()
        return self.worklist_id.action_next()

    def action_done_next(self):
        """Finish this item and open the next one of the same list."""
        self.ensure_one()
        self.action_done()
        return self.action_next()

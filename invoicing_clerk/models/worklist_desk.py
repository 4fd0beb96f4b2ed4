import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..rules.worklist import OPEN_STATES

WEEKS = 4


class WorklistDesk(models.AbstractModel):
    """What the card of a worklist shows on the desk, of all cards in two questions."""

    _name = "clerk.worklist.desk"
    _description = "Card of a Worklist"

    is_mine = fields.Boolean(compute="_compute_is_mine", search="_search_is_mine")
    open_count = fields.Integer(string="Open", compute="_compute_desk")
    unassigned_count = fields.Integer(string="Unassigned", compute="_compute_desk")
    mine_count = fields.Integer(string="Mine", compute="_compute_desk")
    late_count = fields.Integer(string="Late", compute="_compute_desk")
    snoozed_count = fields.Integer(string="Snoozed", compute="_compute_desk")
    open_amount = fields.Monetary(
        string="Amount", compute="_compute_desk", currency_field="desk_currency_id"
    )
    desk_currency_id = fields.Many2one("res.currency", compute="_compute_desk")
    oldest_days = fields.Integer(string="Oldest", compute="_compute_desk")
    desk_graph = fields.Text(compute="_compute_desk_graph")

    @api.depends_context("uid")
    @api.depends("member_ids")
    def _compute_is_mine(self):
        for worklist in self:
            members = worklist.member_ids
            worklist.is_mine = not members or self.env.user in members

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("member_ids", "=", False) | Domain(
            "member_ids", "in", self.env.uid
        )
        return mine if True in value else ~mine

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_desk(self):
        figures = self._desk_figures()
        for worklist in self:
            worklist.update(figures.get(worklist._origin.id) or self._nothing_open())

    def _nothing_open(self):
        return {
            "open_count": 0,
            "unassigned_count": 0,
            "mine_count": 0,
            "late_count": 0,
            "snoozed_count": 0,
            "open_amount": 0.0,
            "oldest_days": 0,
            "desk_currency_id": self.env.company.currency_id,
        }

    def _desk_figures(self):
        """Figures of the items that the caller may see, by worklist.

        An amount is shown where all of it is in the currency of the caller's company.
        """
        items = self.env["clerk.work.item"]
        today = fields.Date.context_today(self)
        query = items._search(
            [("worklist_id", "in", self.ids), ("state", "in", OPEN_STATES)]
        )
        home = self.env.company
        rows = self.env.execute_query(
            SQL(
                """SELECT worklist_id, COUNT(*),
                    COUNT(*) FILTER (WHERE user_id IS NULL),
                    COUNT(*) FILTER (WHERE user_id = %(uid)s),
                    COUNT(*) FILTER (WHERE deadline < %(today)s),
                    COUNT(*) FILTER (WHERE state = 'snoozed'),
                    SUM(amount_company) FILTER (WHERE company_id IN %(companies)s),
                    %(today)s - MIN(create_date)::date,
                    %(currency)s
                FROM (%(seen)s) AS item GROUP BY worklist_id""",
                uid=self.env.uid,
                today=today,
                companies=tuple(self._companies_of_currency(home.currency_id).ids),
                currency=home.currency_id.id,
                seen=query.select(SQL("clerk_work_item.*")),
            )
        )
        names = list(self._nothing_open())
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}

    def _companies_of_currency(self, currency):
        return self.env.companies.filtered(lambda each: each.currency_id == currency)

    # In and out

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_desk_graph(self):
        flows = self._flows()
        for worklist in self:
            flow = flows.get(worklist._origin.id)
            # A list in which nothing moves shows no empty axes.
            worklist.desk_graph = flow and json.dumps(self._bars(flow))

    @api.model
    def _bars(self, flow):
        """For each week, oldest first, what came and what went, and their heights.

        Heights are in percent of the tallest; one item is seen beside a hundred.
        """
        most = max(max(pair) for pair in flow.values())
        weeks = []
        for week in range(WEEKS - 1, -1, -1):
            came, went = flow.get(week, (0, 0))
            day = format_date(self.env, self._week_start() - timedelta(weeks=week))
            words = {"day": day, "came": came, "went": went}
            weeks.append(
                {
                    "came": came,
                    "went": went,
                    "came_height": came and max(5, 100 * came // most),
                    "went_height": went and max(5, 100 * went // most),
                    "words": self.env._(
                        "Week of %(day)s: %(came)s in, %(went)s out", **words
                    ),
                }
            )
        return weeks

    @api.model
    def _week_start(self):
        today = fields.Date.context_today(self)
        return today - timedelta(days=today.weekday())

    def _flows(self):
        """How many items came and went, by worklist and weeks ago."""
        items = self.env["clerk.work.item"]
        start = self._week_start()
        first = start - timedelta(weeks=WEEKS - 1)
        seen = items._search(
            Domain("worklist_id", "in", self.ids)
            & (Domain("create_date", ">=", first) | Domain("closed_on", ">=", first))
        )
        flows = {}
        for position, column in enumerate(("create_date", "closed_on")):
            for worklist, week, count in self._flow_rows(seen, column, start, first):
                pair = flows.setdefault(worklist, {}).setdefault(week, [0, 0])
                pair[position] = count
        return flows

    def _flow_rows(self, seen, column, start, first):
        day = SQL("%s::date", SQL.identifier(column))
        return self.env.execute_query(
            SQL(
                "SELECT worklist_id,"
                " GREATEST(0, CEIL((%(start)s - %(day)s) / 7.0))::int AS week,"
                " COUNT(*) FROM clerk_work_item"
                " WHERE id IN %(seen)s AND %(day)s >= %(first)s GROUP BY 1, 2",
                start=start,
                day=day,
                first=first,
                seen=seen.subselect(),
            )
        )

import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...rules.worklist.worklist import OPEN_STATES

WEEKS = 4


class ClerkWorklist(models.Model):
    """What the card of a worklist shows on the desk, of all cards in one question."""

    _inherit = "clerk.worklist"

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
    desk_graph = fields.Text(compute="_compute_desk")

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

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_desk(self):
        figures = self._desk_figures()
        for worklist in self:
            shown, flow = figures.get(worklist._origin.id) or (self._nothing_open(), {})
            worklist.update(shown)
            # A list in which nothing moves shows no empty axes.
            worklist.desk_graph = flow and json.dumps(self._bars(flow))

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
        """Figures and flow of the items that the caller may see, by worklist.

        Whether an item may be seen is what takes time, so each is looked at once. An
        amount is shown where all of it is in the currency of the caller's company.
        """
        names = list(self._nothing_open())
        return {
            worklist: (dict(zip(names, row, strict=True)), self._flow(came, went))
            for worklist, came, went, *row in self.env.execute_query(self._desk_sql())
        }

    def _desk_sql(self):
        home = self.env.company
        return SQL(
            """SELECT worklist_id, %(came)s, %(went)s, COUNT(*) FILTER (WHERE is_open),
                COUNT(*) FILTER (WHERE is_open AND user_id IS NULL),
                COUNT(*) FILTER (WHERE is_open AND user_id = %(uid)s),
                COUNT(*) FILTER (WHERE is_open AND deadline < %(today)s),
                COUNT(*) FILTER (WHERE state = 'snoozed'),
                COALESCE(SUM(amount_company)
                    FILTER (WHERE is_open AND company_id IN %(companies)s), 0),
                COALESCE(%(today)s - MIN(create_date) FILTER (WHERE is_open)::date, 0),
                %(currency)s
            FROM (%(seen)s) AS item GROUP BY worklist_id""",
            came=self._weeks_sql("came"),
            went=self._weeks_sql("went"),
            uid=self.env.uid,
            today=fields.Date.context_today(self),
            companies=tuple(self._companies_of_currency(home.currency_id).ids),
            currency=home.currency_id.id,
            seen=self._seen_sql(),
        )

    def _seen_sql(self):
        """Items that are open, came or went in the last weeks, and how long ago."""
        first = self._week_start() - timedelta(weeks=WEEKS - 1)
        query = self.env["clerk.work.item"]._search(
            Domain("worklist_id", "in", self.ids)
            & (
                Domain("state", "in", OPEN_STATES)
                | Domain("create_date", ">=", first)
                | Domain("closed_on", ">=", first)
            )
        )
        return query.select(
            SQL("clerk_work_item.*"),
            SQL("clerk_work_item.state IN %s AS is_open", OPEN_STATES),
            SQL("%s AS came", self._weeks_since_sql("create_date")),
            SQL("%s AS went", self._weeks_since_sql("closed_on")),
        )

    def _companies_of_currency(self, currency):
        return self.env.companies.filtered(lambda each: each.currency_id == currency)

    # In and out

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

    @api.model
    def _weeks_since_sql(self, column):
        """Weeks between a day and this week, which is 0; NULL while there is no day."""
        day = SQL("clerk_work_item.%s::date", SQL.identifier(column))
        # GREATEST passes over NULL, so CASE does not.
        return SQL(
            "CASE WHEN %(day)s IS NOT NULL"
            " THEN GREATEST(0, CEIL((%(start)s - %(day)s) / 7.0))::int END",
            day=day,
            start=self._week_start(),
        )

    @api.model
    def _weeks_sql(self, column):
        """How many items there are of each week, this one first."""
        counts = [
            SQL("COUNT(*) FILTER (WHERE %s = %s)", SQL.identifier(column), week)
            for week in range(WEEKS)
        ]
        return SQL("ARRAY[%s]", SQL(", ").join(counts))

    @api.model
    def _flow(self, came, went):
        """How many items came and went, by weeks ago; none where nothing moved."""
        weeks = enumerate(zip(came, went, strict=True))
        return {week: pair for week, pair in weeks if any(pair)}

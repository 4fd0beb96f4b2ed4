import json
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...rules.worklist.work_item import OPEN_STATES

WEEKS = 4
# Users shown on a card; the pivot has all of them.
SHOWN_USERS = 4


class ClerkWorklist(models.Model):
    """The card of a worklist on the desk; one query serves all cards."""

    _inherit = "clerk.worklist"

    is_mine = fields.Boolean(
        string="My Worklist", compute="_compute_is_mine", search="_search_is_mine"
    )
    open_count = fields.Integer(string="Open", compute="_compute_desk")
    unassigned_count = fields.Integer(string="Unassigned", compute="_compute_desk")
    mine_count = fields.Integer(string="Assigned to Me", compute="_compute_desk")
    late_count = fields.Integer(string="Late", compute="_compute_desk")
    snoozed_count = fields.Integer(string="Snoozed", compute="_compute_desk")
    open_amount = fields.Monetary(
        string="Amount", compute="_compute_desk", currency_field="open_currency_id"
    )
    open_currency_id = fields.Many2one(
        "res.currency", string="Currency", compute="_compute_desk"
    )
    open_credits = fields.Monetary(
        string="Credits", compute="_compute_desk", currency_field="open_currency_id"
    )
    oldest_days = fields.Integer(
        string="Age of Oldest Item (Days)", compute="_compute_desk"
    )
    weekly_flow = fields.Text(
        compute="_compute_desk",
        exportable=False,
        help="JSON of the items added and closed in each of the last weeks.",
        export_string_translation=False,
    )
    workload = fields.Text(
        compute="_compute_workload",
        exportable=False,
        help="JSON of the users with the most work items, for supervisors.",
        export_string_translation=False,
    )

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
        my_lists = Domain("member_ids", "=", False) | Domain(
            "member_ids", "in", self.env.uid
        )
        return my_lists if True in value else ~my_lists

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_desk(self):
        figures = self._desk_figures()
        for worklist in self:
            shown, flow = figures.get(worklist._origin.id) or (self._nothing_open(), {})
            worklist.update(shown)
            # No empty axes where nothing was added or closed.
            worklist.weekly_flow = bool(flow) and json.dumps(self._bars(flow))

    def _nothing_open(self):
        return {
            "open_count": 0,
            "unassigned_count": 0,
            "mine_count": 0,
            "late_count": 0,
            "snoozed_count": 0,
            "open_amount": 0.0,
            "open_credits": 0.0,
            "oldest_days": 0,
            "open_currency_id": self.env.company.currency_id,
        }

    def _urgency(self):
        """Return what orders the cards: broken lists, late items, then money."""
        return (
            bool(self.refresh_error),
            self.late_count,
            self.open_amount + self.open_credits,
            self.open_count,
        )

    def _desk_figures(self):
        """Return figures and flow of the items that the caller may see, by worklist.

        Checking access is what takes time, so it is done once for each item. Amounts
        include companies with the same currency as the caller's company.
        """
        names = list(self._nothing_open())
        return {
            worklist: (dict(zip(names, row, strict=True)), self._flow(added, closed))
            for worklist, added, closed, *row in self.env.execute_query(
                self._desk_sql()
            )
        }

    def _desk_sql(self):
        home = self.env.company
        return SQL(
            """SELECT worklist_id, %(added)s, %(closed)s,
                COUNT(*) FILTER (WHERE is_open),
                COUNT(*) FILTER (WHERE is_open AND user_id IS NULL),
                COUNT(*) FILTER (WHERE is_open AND user_id = %(uid)s),
                COUNT(*) FILTER (WHERE is_open AND deadline < %(today)s),
                COUNT(*) FILTER (WHERE state = 'snoozed'),
                COALESCE(SUM(GREATEST(amount_company, 0))
                    FILTER (WHERE is_open AND company_id IN %(companies)s), 0),
                COALESCE(SUM(GREATEST(-amount_company, 0))
                    FILTER (WHERE is_open AND company_id IN %(companies)s), 0),
                COALESCE(%(today)s - MIN(create_date) FILTER (WHERE is_open)::date, 0),
                %(currency)s
            FROM (%(visible)s) AS item GROUP BY worklist_id""",
            added=self._weeks_sql("added"),
            closed=self._weeks_sql("closed"),
            uid=self.env.uid,
            today=fields.Date.context_today(self),
            companies=tuple(self._companies_of_currency(home.currency_id).ids),
            currency=home.currency_id.id,
            visible=self._visible_sql(),
        )

    def _visible_sql(self):
        """Return the items that are open or were added or closed in the last weeks."""
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
            SQL("%s AS added", self._weeks_since_sql("create_date")),
            SQL("%s AS closed", self._weeks_since_sql("closed_on")),
        )

    def _companies_of_currency(self, currency):
        return self.env.companies.filtered(lambda each: each.currency_id == currency)

    # Inflow and outflow

    @api.model
    def _bars(self, flow):
        """Return for each week, oldest first, the two numbers and heights of bars.

        Heights are percentages of the highest bar, at least 5 so that they are visible.
        """
        most = max(max(pair) for pair in flow.values())
        weeks = []
        for week in range(WEEKS - 1, -1, -1):
            added, closed = flow.get(week, (0, 0))
            day = format_date(self.env, self._week_start() - timedelta(weeks=week))
            values = {"day": day, "added": added, "closed": closed}
            weeks.append(
                {
                    "added": added,
                    "closed": closed,
                    "added_height": added and max(5, 100 * added // most),
                    "closed_height": closed and max(5, 100 * closed // most),
                    "title": self.env._(
                        "Week of %(day)s: %(added)s added, %(closed)s closed", **values
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
        """Return the weeks between a date and this week (0); NULL without a date."""
        day = SQL("clerk_work_item.%s::date", SQL.identifier(column))
        # GREATEST ignores NULL, so CASE has to handle it.
        return SQL(
            "CASE WHEN %(day)s IS NOT NULL"
            " THEN GREATEST(0, CEIL((%(start)s - %(day)s) / 7.0))::int END",
            day=day,
            start=self._week_start(),
        )

    @api.model
    def _weeks_sql(self, column):
        """Return the number of items of each week, this one first."""
        counts = [
            SQL("COUNT(*) FILTER (WHERE %s = %s)", SQL.identifier(column), week)
            for week in range(WEEKS)
        ]
        return SQL("ARRAY[%s]", SQL(", ").join(counts))

    @api.model
    def _flow(self, added, closed):
        """Return the items added and closed by week, without weeks of no change."""
        weeks = enumerate(zip(added, closed, strict=True))
        return {week: pair for week, pair in weeks if any(pair)}

    # Workload

    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_workload(self):
        self.workload = False
        if self.env.user.has_group("invoicing_clerk.group_supervisor"):
            for worklist, loads in self._loads().items():
                shown = {
                    "users": loads[:SHOWN_USERS],
                    "more": len(loads[SHOWN_USERS:]),
                }
                worklist.workload = json.dumps(shown)

    def _loads(self):
        """Return the open items of each user by worklist, the highest load first."""
        rows = self.env["clerk.work.item"]._read_group(
            [
                ("worklist_id", "in", self._origin.ids),
                ("state", "in", OPEN_STATES),
                ("user_id", "!=", False),
            ],
            ["worklist_id", "user_id"],
            ["__count"],
            order="__count desc, user_id",
        )
        users = self.env["res.users"].union(*(user for _list, user, _count in rows))
        away = self.env["clerk.absence"]._last_days(users)
        loads = {}
        for worklist, user, count in rows:
            loads.setdefault(worklist, []).append(
                {
                    "id": user.id,
                    "count": count,
                    "away": user in away,
                    "title": self._load_title(user, count, away.get(user)),
                }
            )
        return loads

    @api.model
    def _load_title(self, user, count, away_until):
        if not away_until:
            return self.env._("%(name)s: %(count)s open", name=user.name, count=count)
        return self.env._(
            "%(name)s: %(count)s open, away until %(day)s",
            name=user.name,
            count=count,
            day=format_date(self.env, away_until),
        )

    def action_share_workload(self):
        """Open the dialog that shares the items of these lists."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_workload_share_action"
        )
        return {
            **action,
            "context": {
                "dialog_size": "extra-large",
                "default_worklist_ids": self.ids,
            },
        }

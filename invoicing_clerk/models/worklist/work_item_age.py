from odoo import api, fields, models
from odoo.tools import SQL

from ...rules.worklist.worklist import OPEN_STATES


class ClerkWorkItem(models.Model):
    """How long items have been waiting and how many are late, to be summed up.

    Both change by themselves every day, so nothing is stored: pivots and graphs have
    the database count them.
    """

    _inherit = "clerk.work.item"

    age_days = fields.Integer(
        string="Age (Days)",
        compute="_compute_age_days",
        aggregator="avg",
        help="Since it entered the list; of finished ones, until it left.",
    )
    late_count = fields.Integer(
        string="Late", compute="_compute_late_count", aggregator="sum"
    )

    @api.depends("create_date", "closed_on")
    def _compute_age_days(self):
        today = fields.Date.context_today(self)
        for item in self:
            last = item.closed_on.date() if item.closed_on else today
            item.age_days = (last - item.create_date.date()).days

    @api.depends("is_late")
    def _compute_late_count(self):
        for item in self:
            item.late_count = int(item.is_late)

    def _read_group_select(self, aggregate_spec, query):
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

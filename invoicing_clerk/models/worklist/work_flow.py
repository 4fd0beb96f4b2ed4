from odoo import fields, models
from odoo.tools import SQL

from .work_day import EVENTS, KINDS


class ClerkWorkFlow(models.Model):
    """Inflow and outflow of the worklists, day by day.

    A row of an existing item is visible to people who may read the item. Of items that
    were summed up, only numbers are left: company and worklist decide who sees them.
    """

    _name = "clerk.work.flow"
    _description = "Inflow and Outflow of Work"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "worklist_id"

    date = fields.Date(readonly=True)
    kind = fields.Selection(
        KINDS,
        string="Movement",
        readonly=True,
    )
    worklist_id = fields.Many2one("clerk.worklist", readonly=True)
    item_id = fields.Many2one("clerk.work.item", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        readonly=True,
        help="User who finished the item or, if it was added or closed automatically, "
        "to whom it was assigned.",
    )
    items = fields.Integer(readonly=True)
    days = fields.Integer(string="Total Days", readonly=True, aggregator=None)
    days_average = fields.Float(
        string="Days to Finish",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Average number of days from listing to closing.",
    )

    _depends = {
        "clerk.work.item": [
            "state",
            "worklist_id",
            "company_id",
            "user_id",
            "done_by_id",
            "create_date",
            "closed_on",
        ],
        "clerk.work.day": [
            "date",
            "kind",
            "worklist_id",
            "company_id",
            "user_id",
            "items",
            "days",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT number AS id, kind, worklist_id, item_id, company_id, user_id,
                    date, items, days, days::float / items AS days_average
                 FROM (%s) AS event
               UNION ALL
               SELECT -id, kind, worklist_id, NULL, company_id, user_id,
                    date, items, days, days::float / items
                 FROM clerk_work_day""",
            SQL(EVENTS, items=SQL.identifier("clerk_work_item")),
        )

    def _read_group_select(self, aggregate_spec, query):
        """Return the average over all closed items, of which a row may hold many."""
        if aggregate_spec != "days_average:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s)::float / NULLIF(SUM(%s) FILTER (WHERE %s <> 'added'), 0)",
            self._field_to_sql(self._table, "days", query),
            self._field_to_sql(self._table, "items", query),
            self._field_to_sql(self._table, "kind", query),
        )

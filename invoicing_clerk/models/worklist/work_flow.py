from odoo import fields, models
from odoo.tools import SQL

from .work_day import EVENTS


class ClerkWorkFlow(models.Model):
    """What came into the worklists and what went out, day by day.

    Figures of items that are there still stand for their item and show themselves to
    who may read it. Of those that were summed up, only company and worklist are left
    to tell who may see them; they say how many, never what.
    """

    _name = "clerk.work.flow"
    _description = "Work In and Out"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "worklist_id"

    date = fields.Date(readonly=True)
    kind = fields.Selection(
        [("came", "In"), ("done", "Done"), ("left", "Left by Itself")],
        string="In or Out",
        readonly=True,
    )
    worklist_id = fields.Many2one("clerk.worklist", readonly=True)
    item_id = fields.Many2one("clerk.work.item", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="By",
        readonly=True,
        help="Who did it; of what came in and what left by itself, whose it was.",
    )
    items = fields.Integer(readonly=True)
    days = fields.Integer(string="Days, Summed", readonly=True, aggregator=None)
    days_average = fields.Float(
        string="Days to Finish",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="From entering the list to leaving it, on average.",
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
        """An average of all items that went out, however many of them a row holds."""
        if aggregate_spec != "days_average:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s)::float / NULLIF(SUM(%s) FILTER (WHERE %s <> 'came'), 0)",
            self._field_to_sql(self._table, "days", query),
            self._field_to_sql(self._table, "items", query),
            self._field_to_sql(self._table, "kind", query),
        )

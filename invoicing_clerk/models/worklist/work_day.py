from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

KEEP_KEY = "invoicing_clerk.work_item_days"
KEEP_DAYS = 400
# The desk shows the last four weeks, from the items themselves.
LEAST_DAYS = 60
BATCH = 2000

KINDS = [("added", "Added"), ("done", "Done"), ("left", "Closed Automatically")]

# A row for each item added, and for each item closed with its days in the list.
# ``items`` is the table or a selection of its rows.
EVENTS = """
    SELECT item.id AS item_id, item.id * 2 AS number, 'added' AS kind,
           item.worklist_id, item.company_id, item.user_id,
           item.create_date::date AS date, 1 AS items, 0 AS days
      FROM %(items)s AS item
    UNION ALL
    SELECT item.id, item.id * 2 + 1, item.state, item.worklist_id, item.company_id,
           COALESCE(item.done_by_id, item.user_id), item.closed_on::date, 1,
           item.closed_on::date - item.create_date::date
      FROM %(items)s AS item
     WHERE item.state IN ('done', 'left') AND item.closed_on IS NOT NULL
"""


class ClerkWorkDay(models.Model):
    """Totals of a day, of items that were too old to be kept.

    An item that was finished long ago, and whose record has left the list or changed
    since, is added to the totals of its days and deleted. ``clerk.work.flow`` adds up
    totals and items, so no figure changes.
    """

    _name = "clerk.work.day"
    _description = "Daily Work Total"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "date desc, id desc"

    date = fields.Date(required=True, readonly=True)
    kind = fields.Selection(
        KINDS,
        string="Movement",
        required=True,
        readonly=True,
    )
    worklist_id = fields.Many2one(
        "clerk.worklist", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    user_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    items = fields.Integer(readonly=True)
    days = fields.Integer(
        string="Total Days",
        readonly=True,
        help="Total days from listing to closing, for all items.",
    )

    _one = models.UniqueIndex(
        "(worklist_id, date, kind, COALESCE(company_id, 0), COALESCE(user_id, 0))"
    )

    @api.model
    def _cron_sum_up(self):
        """Sum up items that are too old, and commit each batch."""
        progress = self.env["ir.cron"]
        items = self.env["clerk.work.item"]
        progress._commit_progress(remaining=items.search_count(self._old_domain()))
        while batch := items.search(
            self._old_domain(), limit=BATCH
        ).try_lock_for_update():
            self._sum_up(batch)
            if not progress._commit_progress(len(batch)):
                break

    @api.model
    def _old_domain(self):
        """Return a domain for old items that steps and refreshes no longer use."""
        last = fields.Datetime.now() - timedelta(days=self._keep_days())
        return (
            Domain("state", "in", ("done", "left"))
            & Domain("is_current", "=", False)
            & Domain("closed_on", "<", last)
        )

    @api.model
    def _keep_days(self):
        # sudo: for how long items are kept is no secret.
        days = self.env["ir.config_parameter"].sudo().get_param(KEEP_KEY, KEEP_DAYS)
        return max(int(days), LEAST_DAYS)

    @api.model
    def _sum_up(self, items):
        """Add items to the totals of their days, and delete them."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO clerk_work_day AS day (worklist_id, date, kind,
                        company_id, user_id, items, days,
                        create_uid, create_date, write_uid, write_date)
                   SELECT worklist_id, date, kind, company_id, user_id, SUM(items),
                        SUM(days), %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM (%(events)s) AS event
                    GROUP BY worklist_id, date, kind, company_id, user_id
                   ON CONFLICT (worklist_id, date, kind, COALESCE(company_id, 0),
                                COALESCE(user_id, 0))
                   DO UPDATE SET items = day.items + EXCLUDED.items,
                        days = day.days + EXCLUDED.days,
                        write_date = EXCLUDED.write_date""",
                uid=self.env.uid,
                now=fields.Datetime.now(),
                events=SQL(
                    EVENTS,
                    items=SQL(
                        "(SELECT * FROM clerk_work_item WHERE id IN %s)", items._ids
                    ),
                ),
            )
        )
        self.invalidate_model()
        items.unlink()

from psycopg2 import errors

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# How often Next asks again when a colleague was faster by less than a millisecond.
TRIES = 5


class ClerkWorkItem(models.Model):
    """Gives each who asks for work the most urgent item that nobody has."""

    _inherit = "clerk.work.item"

    @api.model
    def _take_next(self, worklists):
        """Claim the most urgent item that is free; the caller's own come first.

        One statement finds, locks and takes it. What a colleague holds is passed over
        without waiting, and so is what one took since this transaction began: that is
        still free in its eyes, and not to be had.

        :raises psycopg2.errors.SerializationFailure: whatever is left was touched by
            others in these milliseconds; the request is to be tried again
        """
        self._check_clerk()
        worklists.check_access("read")
        models = set(worklists.mapped("model"))
        free = self.with_context(worked_models=sorted(filter(None, models)))._search(
            Domain("worklist_id", "in", worklists.ids) & Domain("state", "=", "open")
        )
        item = self._take_untouched(free) or self._take(free)
        item.invalidate_recordset()
        return item

    def _take_untouched(self, free):
        attempts = (self._take_or_miss(free) for _attempt in range(TRIES))
        return next((item for item in attempts if item is not None), self.browse())

    def _take_or_miss(self, free):
        """None where a colleague was faster between finding and locking."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self._take(free, self._untouched_sql())
        except errors.SerializationFailure:
            return None

    @api.model
    def _untouched_sql(self):
        """Whether nobody has taken a row since this transaction's snapshot.

        `xmax` is who changed or locked this version of the row last. It is out of
        date when that transaction was still to end when we began, and has ended well.
        """
        return SQL(
            """CASE WHEN AGE(clerk_work_item.xmax)
                    BETWEEN 0 AND AGE(PG_SNAPSHOT_XMIN(PG_CURRENT_SNAPSHOT())::xid)
               THEN PG_XACT_STATUS((
                        PG_SNAPSHOT_XMIN(PG_CURRENT_SNAPSHOT())::text::bigint
                        + AGE(PG_SNAPSHOT_XMIN(PG_CURRENT_SNAPSHOT())::xid)
                        - AGE(clerk_work_item.xmax))::text::xid8) <> 'committed'
               ELSE TRUE END"""
        )

    def _take(self, free, *conditions):
        """Give the caller the first of some items that meets conditions, if any."""
        now = fields.Datetime.now()
        mine = SQL("clerk_work_item.user_id = %s", self.env.uid)
        nobody = SQL("clerk_work_item.user_id IS NULL")
        statement = SQL(
            """UPDATE clerk_work_item
                  SET before = %(before)s, state = 'in_progress', user_id = %(uid)s,
                      claimed_on = %(now)s, stepped_by_id = %(uid)s,
                      stepped_on = %(now)s, write_uid = %(uid)s, write_date = %(now)s
                WHERE id = COALESCE((%(mine)s), (%(nobodys)s))
            RETURNING id""",
            before=self._before_sql(),
            uid=self.env.uid,
            now=now,
            mine=self._first_sql(free, mine, *conditions),
            nobodys=self._first_sql(free, nobody, *conditions),
        )
        self.env.flush_query(statement)
        self.env.cr.execute(statement, log_exceptions=False)
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _first_sql(self, free, *conditions):
        """The most urgent of some items that nobody holds at this moment, locked.

        All are the same person's or nobody's: naming that first changes no order, and
        lets PostgreSQL walk down the index of the queue until one may be read.
        """
        return SQL(
            "SELECT clerk_work_item.id FROM %s WHERE %s"
            " ORDER BY clerk_work_item.user_id, clerk_work_item.score DESC,"
            " clerk_work_item.deadline, clerk_work_item.id LIMIT 1"
            " FOR UPDATE OF clerk_work_item SKIP LOCKED",
            free.from_clause,
            SQL(" AND ").join([free.where_clause, *conditions]),
        )

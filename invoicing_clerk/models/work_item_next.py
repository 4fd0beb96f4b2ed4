from psycopg2 import errors

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# How many items Next looks at before it gives up: more than people press at once.
NEXT_LIMIT = 40


class WorkItemNext(models.AbstractModel):
    """Gives each who asks for work the most urgent item that nobody has."""

    _name = "clerk.work.item.next"
    _description = "Next Work Item"

    @api.model
    def _take_next(self, worklists):
        """Claim the most urgent item that is free; the caller's own come first.

        A colleague who pressed a moment earlier may have taken what this transaction
        still sees as free. One statement a candidate: what is locked is skipped, what
        was taken since is passed over, and the next one is tried.
        """
        self._check_clerk()
        for item in self._candidates(worklists):
            if item._try_take():
                return item
        return self.browse()

    def _candidates(self, worklists):
        """Free items that the caller may read, the most urgent of their own first.

        Asking of every record of a list whether it may be read takes long, so this
        asks of the most urgent ones first, and of all only where that does not do.
        """
        worklists.check_access("read")
        free = (
            Domain("worklist_id", "in", worklists.ids)
            & Domain("state", "=", "open")
            & Domain("company_id", "in", [False, *self.env.companies.ids])
        )
        for assignee in (self.env.uid, False):
            queue = free & Domain("user_id", "=", assignee)
            # sudo: only to find them; none is given out before the caller's own
            # rights to it were asked.
            first = self.sudo().search(queue, limit=NEXT_LIMIT)
            yield from first.sudo(False)._filtered_access("read")
            if len(first) == NEXT_LIMIT:
                yield from self.search(queue, limit=NEXT_LIMIT)

    def _try_take(self):
        """Whether this item could be claimed; it is the caller's then."""
        self.ensure_one()
        now = fields.Datetime.now()
        statement = SQL(
            """UPDATE clerk_work_item
                  SET before = %(before)s, state = 'in_progress', user_id = %(uid)s,
                      claimed_on = %(now)s, stepped_by_id = %(uid)s,
                      stepped_on = %(now)s, write_uid = %(uid)s, write_date = %(now)s
                WHERE id = (
                    SELECT id FROM clerk_work_item
                     WHERE id = %(id)s AND state = 'open'
                       AND (user_id IS NULL OR user_id = %(uid)s)
                       FOR UPDATE SKIP LOCKED)
            RETURNING id""",
            before=self._before_sql(),
            uid=self.env.uid,
            now=now,
            id=self.id,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(statement, log_exceptions=False)
                taken = self.env.cr.rowcount
        except errors.SerializationFailure:
            return False
        self.invalidate_recordset()
        return bool(taken)

from psycopg2 import errors

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# Attempts within one request, each of which fails only if a colleague commits between
# the moments in which PostgreSQL finds an item and locks it.
TRIES = 5


class ClerkWorkItem(models.Model):
    """Give whoever presses Next the most urgent item that nobody works on.

    **Why not** ``search`` **and** ``try_lock_for_update``. When many clerks press Next
    on a list, all of them want its first item. Odoo's transactions are REPEATABLE READ:
    they see rows as they were at their first statement, the *snapshot*. ``FOR UPDATE
    SKIP LOCKED`` passes over items that a colleague has locked, but not over an item
    that a colleague has taken *and committed* since the snapshot: that one is no longer
    locked and still looks free, and PostgreSQL raises ``SerializationFailure``. The
    server then repeats the request after a random pause that grows each time
    (``odoo.service.model.retrying``). With twenty clerks, that took seconds.
    ``test_worklist_concurrency`` shows both behaviours on real connections.

    **How it works.** One statement finds, locks and claims an item. Its condition
    leaves out items that were changed since the snapshot *before* they are locked (see
    ``_untouched_sql``). A colleague can still commit in the microseconds between the
    two, so there are a few attempts, each in a savepoint. If all fail, or nothing
    untouched is left, the statement runs without that condition and without a
    savepoint: either there is an item, or none, or the server repeats the request.
    """

    _inherit = "clerk.work.item"

    @api.model
    def _take_next(self, worklists):
        """Claim and return the most urgent free item; items of the caller come first.

        Items whose ids are in the context as ``skipped_work_items`` are passed over.

        :raises psycopg2.errors.SerializationFailure: everything that is left was
            changed by others since the snapshot; the server repeats the request
        """
        self._check_clerk()
        worklists.check_access("read")
        model_names = set(filter(None, worklists.mapped("model")))
        free = self.with_context(worked_models=sorted(model_names))._search(
            Domain("worklist_id", "in", worklists.ids)
            & Domain("state", "=", "open")
            & Domain("id", "not in", self._skipped_ids())
        )
        item = self._take_untouched(free) or self._take(free)
        item.invalidate_recordset()
        item._automate_taken()
        return item

    def _automate_taken(self):
        """Call the rules for an item that was taken, as it was before that."""
        _created, written = self._automation_rules()
        if not (self and written):
            return
        # sudo: as in `clerk.automated`.
        item = self.sudo()
        earlier = item.new(item.before, origin=item)
        allowed = {
            rule: item if rule._filter_pre(earlier) else item.browse()
            for rule in written
        }
        item._call_rules(written, allowed, {item.id: earlier._watched()})

    @api.model
    def _skipped_ids(self):
        """Return the ids of items that this user skipped since pressing Next."""
        skipped = self.env.context.get("skipped_work_items")
        if not isinstance(skipped, (list, tuple)):
            return []
        return [each for each in skipped if isinstance(each, int)]

    def _take_untouched(self, free):
        attempts = (self._take_or_fail(free) for _attempt in range(TRIES))
        return next((item for item in attempts if item is not None), self.browse())

    def _take_or_fail(self, free):
        """Return the item taken, if any; None if a colleague was faster."""
        try:
            with self.env.cr.savepoint(flush=False):
                return self._take(free, self._untouched_sql())
        except errors.SerializationFailure:
            return None

    @api.model
    def _untouched_sql(self):
        """Return a condition for rows that nobody has changed since the snapshot.

        PostgreSQL keeps in ``xmax`` of each row version the id of the transaction that
        replaced or locked it last, or 0. All transactions before ``xmin`` of the
        snapshot had ended when it was taken, so their work is in the snapshot. Among
        later ones, a row was changed if its transaction has committed: those that are
        still running hold their lock, which SKIP LOCKED sees, and those rolled back
        changed nothing. A row that was only locked counts as changed, which the last
        attempt without this condition makes good.

        Ids in rows have 32 bits, those of PG_XACT_STATUS have 64: an id is converted by
        its distance to ``xmin``. AGE is the distance to the newest transaction; that of
        0 is larger than any other.
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
        """Claim the first free item that meets the conditions, if there is one."""
        now = fields.Datetime.now()
        assigned = SQL("clerk_work_item.user_id = %s", self.env.uid)
        unassigned = SQL("clerk_work_item.user_id IS NULL")
        statement = SQL(
            """UPDATE clerk_work_item
                  SET before = %(before)s, state = 'in_progress', user_id = %(uid)s,
                      claimed_on = %(now)s, stepped_by_id = %(uid)s,
                      stepped_on = %(now)s, write_uid = %(uid)s, write_date = %(now)s
                WHERE id = COALESCE((%(assigned)s), (%(unassigned)s))
            RETURNING id""",
            before=self._before_sql(),
            uid=self.env.uid,
            now=now,
            assigned=self._first_sql(free, assigned, *conditions),
            unassigned=self._first_sql(free, unassigned, *conditions),
        )
        self.env.flush_query(statement)
        self.env.cr.execute(statement, log_exceptions=False)
        return self.browse(row[0] for row in self.env.cr.fetchall())

    @api.model
    def _first_sql(self, free, *conditions):
        """Return a query that locks the most urgent item, without waiting for others.

        All candidates have the same user or none. To order by that first changes
        nothing, and lets PostgreSQL walk down the index ``_queue`` until it finds an
        item whose record may be read.
        """
        return SQL(
            "SELECT clerk_work_item.id FROM %s WHERE %s"
            " ORDER BY clerk_work_item.user_id, clerk_work_item.score DESC,"
            " clerk_work_item.deadline, clerk_work_item.id LIMIT 1"
            " FOR UPDATE OF clerk_work_item SKIP LOCKED",
            free.from_clause,
            SQL(" AND ").join([free.where_clause, *conditions]),
        )

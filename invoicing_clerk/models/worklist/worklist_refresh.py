from datetime import datetime, time, timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...rules.worklist.work_item import OPEN_STATES
from ..mixin.notification import SOFT_RELOAD, notification_action
from .worklist_source import BrokenWorklistError

# Columns that a refresh copies from the record to an open item.
COLUMNS = (
    "partner_id",
    "amount",
    "currency_id",
    "amount_company",
    "date",
    "company_id",
    "fingerprint",
    "points",
    "score",
)


class ClerkWorklist(models.Model):
    """Refreshes: keep the items of a worklist in line with the records that match it.

    One statement runs the query once and uses it three times: new records get an item,
    changed records update theirs, and items of records that left are closed. No record
    is read, and saving or posting a record costs nothing more.
    """

    _inherit = "clerk.worklist"
    _guarded_fields = frozenset({"last_refresh", "refresh_error"})

    last_refresh = fields.Datetime(string="Last Refreshed", readonly=True, copy=False)
    refresh_error = fields.Char(
        string="Error",
        readonly=True,
        copy=False,
        help="Reason why the last refresh of the list failed.",
    )

    def write(self, vals):
        """Close the items that refreshes no longer update."""
        moved = self.browse()
        if "model_id" in vals:
            moved = self.filtered(lambda each: each.model_id.id != vals["model_id"])
        result = super().write(vals)
        if moved:
            moved._close_items((*OPEN_STATES, "done"))
        if not vals.get("active", True):
            self._close_items(OPEN_STATES)
        return result

    def _close_items(self, states):
        """Close the current items in these states, whatever their records are."""
        self.env["clerk.work.item"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE clerk_work_item
                      SET is_current = FALSE,
                          state = CASE WHEN state IN %(open)s THEN 'left'
                                       ELSE state END,
                          closed_on = COALESCE(closed_on, %(now)s),
                          write_date = %(now)s
                    WHERE worklist_id IN %(worklists)s
                      AND is_current AND state IN %(states)s""",
                open=OPEN_STATES,
                now=fields.Datetime.now(),
                worklists=self._ids or (0,),
                states=states,
            )
        )
        self.env["clerk.work.item"].invalidate_model()

    def action_refresh(self):
        """Refresh these worklists, or all of them, for whoever looks at the desk."""
        self.check_access("read")
        worklists = (self or self.search([("active", "=", True)])).filtered("active")
        # sudo: runs the query that supervisors set up, and tells the caller whether it
        # ran, no more; items are shown only to people who may read their records.
        prepared = set()
        refreshed = [each for each in worklists.sudo() if each._refresh(prepared)]
        if len(refreshed) < len(worklists):
            return self._notify_not_refreshed(worklists)
        return True

    def _notify_not_refreshed(self, worklists):
        broken = worklists.filtered("refresh_error")
        message = (
            self.env._("%s needs a supervisor to correct its error.", broken[0].name)
            if broken
            else self.env._("Somebody else is refreshing it right now.")
        )
        return notification_action(message, "warning", then=SOFT_RELOAD)

    def _refresh(self, prepared=None, reading=None, delta=None):
        """Refresh one worklist, and return whether that was done.

        An error is kept on the worklist and does not stop others.

        :param prepared: names of models that are up to date in this run; the model of
            this worklist is added
        :param reading: the note of what is read, for scheduled refreshes
        :param delta: what was written since the last refresh, if no more is to be read
        """
        self.ensure_one()
        prepared = set() if prepared is None else prepared
        if not self._lock_refresh():
            return False
        shared = self._as_shared()
        try:
            with self._explaining_errors():
                if self.model not in prepared:
                    shared._prepare_records()
                with shared._automated_items():
                    shared._update_items(reading, delta)
                    shared._assign_by_load()
        except BrokenWorklistError as error:
            self._inside().refresh_error = str(error)
            return False
        self.env["clerk.work.item"].invalidate_model()
        self._note_refresh()
        prepared.add(self.model)
        return True

    def _note_refresh(self):
        now = fields.Datetime.now()
        self._inside().write({"refresh_error": False, "last_refresh": now})

    def _automated_items(self):
        """Call automation rules for the items that are added, updated or closed."""
        domain = [("worklist_id", "=", self.id), ("is_current", "=", True)]
        return self.env["clerk.work.item"]._automated(domain)

    def _prepare_records(self, delta=None):
        """Call ``_before_refresh`` of the model, if it has one.

        Models whose rows are computed by statements, such as balances, update them
        there, once in a run before their lists. Those that can be limited to what was
        written do so in ``_refresh_touched``, and return whether they could.

        :return: whether it was limited
        """
        model = self._listed_model()
        limited = getattr(model, "_refresh_touched", None)
        if delta is not None and limited is not None and limited(delta):
            return True
        self._prepare_all()
        return False

    def _prepare_all(self):
        """Call ``_before_refresh``, and return what it returns: the rows it changed."""
        prepare = getattr(self._listed_model(), "_before_refresh", None)
        return prepare() if prepare is not None else 0

    def _as_shared(self):
        """Return the worklist in the same context for whoever refreshes it.

        Otherwise values that depend on company, language or time zone would alternate
        between those of the cron and of the people who press Refresh.
        """
        home = self._home_company()
        return self.with_context(
            allowed_company_ids=home.ids,
            lang=home.partner_id.lang or None,
            tz=home.partner_id.tz or "UTC",
            active_test=True,
        )

    def _lock_refresh(self):
        """Lock this worklist for a refresh, and return whether it was free."""
        self.env.cr.execute(
            SQL(
                "SELECT PG_TRY_ADVISORY_XACT_LOCK(HASHTEXT(%s), %s)",
                self._name,
                self.id,
            )
        )
        return self.env.cr.fetchone()[0]

    # The statement

    def _update_items(self, reading=None, delta=None):
        """Run the query; add, update and close items.

        :param delta: see ``_refresh``
        :return: how many were added, updated and closed
        """
        ids = None if delta is None else self._touched_ids(delta)
        query = self._query_sql(ids or None)
        if reading is not None:
            reading.is_partial = ids is not None
            self._note_reading(reading, query)
        if ids == []:
            return (0, 0, 0)
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "WITH %s, source AS MATERIALIZED (%s), added AS (%s), updated AS (%s),"
                " closed AS (%s) SELECT (SELECT COUNT(*) FROM added),"
                " (SELECT COUNT(*) FROM updated), (SELECT COUNT(*) FROM closed)",
                self._rates_sql(),
                query,
                self._insert_sql(),
                self._update_sql(),
                self._close_sql(ids),
            ),
            log_exceptions=False,
        )
        return self.env.cr.fetchone()

    def _insert_sql(self):
        """Add items of records that have no open one and were not finished as they are.

        Where two refreshes meet, the index of open items lets one of them in.
        """
        columns = SQL(", ").join(map(SQL.identifier, COLUMNS))
        return SQL(
            """INSERT INTO clerk_work_item (worklist_id, res_model, res_id, state,
                    is_current, user_id, deadline, create_uid, write_uid, create_date,
                    write_date, %(columns)s)
               SELECT %(worklist)s, %(model)s, res_id, 'open', TRUE, %(user)s,
                    %(deadline)s, %(uid)s, %(uid)s, %(now)s, %(now)s, %(columns)s
                 FROM source
                WHERE NOT EXISTS (
                    SELECT 1 FROM clerk_work_item AS item
                     WHERE item.worklist_id = %(worklist)s
                       AND item.res_id = source.res_id
                       AND item.is_current
                       AND (item.state IN %(open)s
                            OR item.fingerprint = source.fingerprint))
                ORDER BY res_id
               ON CONFLICT DO NOTHING
               RETURNING 1""",
            columns=columns,
            worklist=self.id,
            model=self.model,
            user=self._assignee_sql(),
            deadline=self._deadline_sql(),
            uid=self.env.uid,
            now=fields.Datetime.now(),
            open=OPEN_STATES,
        )

    def _update_sql(self):
        """Update open items of changed records, and wake snoozed ones in time."""
        pairs = [
            SQL("%s = source.%s", SQL.identifier(name), SQL.identifier(name))
            for name in COLUMNS
        ]
        current = SQL(", ").join(SQL.identifier("item", name) for name in COLUMNS)
        new = SQL(", ").join(SQL.identifier("source", name) for name in COLUMNS)
        woken = SQL(
            "(item.state = 'snoozed' AND item.snooze_until <= %s)",
            fields.Datetime.now(),
        )
        return SQL(
            """UPDATE clerk_work_item AS item
                  SET %(pairs)s,
                      user_id = COALESCE(item.user_id, %(user)s),
                      state = CASE WHEN %(woken)s THEN 'open' ELSE item.state END,
                      write_date = %(now)s
                 FROM source
                WHERE item.worklist_id = %(worklist)s
                  AND item.res_id = source.res_id
                  AND item.is_current
                  AND item.state IN %(open)s
                  AND ((%(current)s) IS DISTINCT FROM (%(new)s)
                       OR (item.user_id IS NULL AND %(user)s IS NOT NULL)
                       OR %(woken)s)
            RETURNING 1""",
            pairs=SQL(", ").join(pairs),
            user=self._assignee_sql(),
            woken=woken,
            now=fields.Datetime.now(),
            worklist=self.id,
            open=OPEN_STATES,
            current=current,
            new=new,
        )

    def _close_sql(self, ids=None):
        """Close items of records that left, and settle finished ones that changed.

        :param ids: the records that the query considered; all by default
        """
        return SQL(
            """UPDATE clerk_work_item AS item
                  SET is_current = FALSE,
                      state = CASE WHEN item.state IN %(open)s THEN 'left'
                                   ELSE item.state END,
                      closed_on = COALESCE(item.closed_on, %(now)s),
                      write_date = %(now)s
                WHERE item.worklist_id = %(worklist)s
                  AND item.is_current
                  AND %(considered)s
                  AND NOT EXISTS (
                    SELECT 1 FROM source
                     WHERE source.res_id = item.res_id
                       AND (item.state IN %(open)s
                            OR item.fingerprint = source.fingerprint))
            RETURNING 1""",
            open=OPEN_STATES,
            now=fields.Datetime.now(),
            worklist=self.id,
            considered=(
                SQL("TRUE") if ids is None else SQL("item.res_id = ANY(%s)", ids)
            ),
        )

    # Deadlines

    def _deadline_sql(self):
        """Return the deadline, by the calendar of the record's company."""
        home = self._home_company()
        # sudo: the calendars of all companies whose records may be listed.
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        cases = [
            SQL("WHEN %s THEN %s::date", company.id, self._last_day(company))
            for company in companies
        ]
        return SQL(
            "CASE COALESCE(source.company_id, %s) %s END", home.id, SQL(" ").join(cases)
        )

    def _last_day(self, company):
        today = fields.Date.context_today(self)
        calendar = company.resource_calendar_id
        start = datetime.combine(today, time.min)
        # The day on which an item is added is day zero.
        end = calendar and calendar.plan_days(
            self.days_allowed + 1, start, compute_leaves=True
        )
        return end.date() if end else today + timedelta(days=self.days_allowed)

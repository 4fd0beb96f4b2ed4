from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...rules.worklist.worklist import OPEN_STATES
from .worklist_source import BrokenWorklistError

# Columns that an open item takes over from its record.
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

# A refresh that met a colleague's step is asked again this often.
TRIES = 3


class ClerkWorklist(models.Model):
    """Keeps the items of a worklist what its question answers, set by set.

    One statement asks once and acts thrice on the answer: newcomers get an item,
    items that changed take over what changed, those that left are closed. No record
    is read, and no transaction that saves or posts one knows of it.
    """

    _inherit = "clerk.worklist"

    last_refresh = fields.Datetime(readonly=True, copy=False)
    refresh_error = fields.Char(
        string="Broken",
        readonly=True,
        copy=False,
        help="Why the list could not be brought up to date.",
    )

    def write(self, vals):
        """Keep nothing open that no refresh looks after any more."""
        others = self.browse()
        if "model_id" in vals:
            others = self.filtered(lambda each: each.model_id.id != vals["model_id"])
        result = super().write(vals)
        if others:
            others._close_items((*OPEN_STATES, "done"))
        if not vals.get("active", True):
            self._close_items(OPEN_STATES)
        return result

    def _close_items(self, states):
        """Let items leave of which the list, as it is now, knows nothing."""
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

    @api.model
    def _cron_refresh(self):
        """Refresh every worklist; each is committed before the next is asked."""
        self.env["clerk.work.item"]._drop_plans_of_closed()
        worklists = self.search([("active", "=", True)])
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=len(worklists))
        prepared = set()
        for worklist in worklists:
            worklist._refresh_in_batch(prepared)
            if not progress._commit_progress(1):
                break

    def _refresh_in_batch(self, prepared):
        """Refresh, and ask again when a colleague took a step at the same time."""
        answers = (self._refresh_or_roll_back(prepared) for _attempt in range(TRIES))
        return next((answer for answer in answers if answer is not None), False)

    def _refresh_or_roll_back(self, prepared):
        """Whether it was refreshed; None where a colleague's step got in the way."""
        try:
            answer = self._refresh(prepared)
            # What is noted on the list may meet a supervisor's edit of it: here, where
            # it is asked again, and not at the commit, where it would end the run.
            self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            prepared.discard(self.model)
            return None
        return answer

    def action_refresh(self):
        """Bring the desk up to date for whoever looks at it."""
        self.check_access("read")
        worklists = (self or self.search([("active", "=", True)])).filtered("active")
        # sudo: asks what supervisors set up, tells the caller nothing but that it was
        # asked; items show themselves only to who may read them.
        prepared = set()
        asked = [each for each in worklists.sudo() if each._refresh(prepared)]
        if len(asked) < len(worklists):
            return self._tell_busy_or_broken(worklists)
        return True

    def _tell_busy_or_broken(self, worklists):
        broken = worklists.filtered("refresh_error")
        message = (
            self.env._("%s needs a supervisor: see its error.", broken[0].name)
            if broken
            else self.env._("Somebody is refreshing it at this moment.")
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _refresh(self, prepared=None):
        """Bring one worklist up to date; whether that was done.

        What is wrong with a question is kept on the worklist and stops no other.

        :param prepared: set of the models that are up to date in this run; the one
            that is asked joins it
        """
        self.ensure_one()
        prepared = set() if prepared is None else prepared
        if not self._lock_refresh():
            return False
        shared = self._as_shared()
        try:
            with self._asking():
                if self.model not in prepared:
                    shared._prepare_records()
                shared._apply_answer()
                shared._share_by_load()
        except BrokenWorklistError as error:
            self.refresh_error = str(error)
            return False
        self.env["clerk.work.item"].invalidate_model()
        self.write({"refresh_error": False, "last_refresh": fields.Datetime.now()})
        prepared.add(self.model)
        return True

    def _prepare_records(self):
        """Let a model whose rows are kept by statements bring them up to date.

        A model that defines `_before_refresh` is asked once a run before its lists.
        """
        prepare = getattr(self._records(), "_before_refresh", None)
        if prepare is not None:
            prepare()

    def _as_shared(self):
        """The worklist in a context that is the same whoever has it refreshed.

        Values that differ by company or language and what “today” is must not go to
        and fro between the cron and people of other companies, languages and zones.
        """
        home = self._home_company()
        return self.with_context(
            allowed_company_ids=home.ids,
            lang=home.partner_id.lang or None,
            tz=home.partner_id.tz or "UTC",
            active_test=True,
        )

    def _lock_refresh(self):
        """Whether no other transaction refreshes this worklist."""
        self.env.cr.execute(
            SQL(
                "SELECT PG_TRY_ADVISORY_XACT_LOCK(HASHTEXT(%s), %s)",
                self._name,
                self.id,
            )
        )
        return self.env.cr.fetchone()[0]

    # The statement

    def _apply_answer(self):
        """Ask, and let newcomers in, changes through and what left out.

        :return: how many of each
        """
        answer = self._answer_sql()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "WITH %s, source AS MATERIALIZED (%s), added AS (%s), changed AS (%s),"
                " gone AS (%s) SELECT (SELECT COUNT(*) FROM added),"
                " (SELECT COUNT(*) FROM changed), (SELECT COUNT(*) FROM gone)",
                self._rates_sql(),
                answer,
                self._insert_sql(),
                self._update_sql(),
                self._close_sql(),
            ),
            log_exceptions=False,
        )
        return self.env.cr.fetchone()

    def _insert_sql(self):
        """Newcomers: records without an open item, and not done as they are now.

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
        """Open items whose record changed, and snoozed ones whose time has come."""
        pairs = [
            SQL("%s = source.%s", SQL.identifier(name), SQL.identifier(name))
            for name in COLUMNS
        ]
        mine = SQL(", ").join(SQL.identifier("item", name) for name in COLUMNS)
        theirs = SQL(", ").join(SQL.identifier("source", name) for name in COLUMNS)
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
                  AND ((%(mine)s) IS DISTINCT FROM (%(theirs)s)
                       OR (item.user_id IS NULL AND %(user)s IS NOT NULL)
                       OR %(woken)s)
            RETURNING 1""",
            pairs=SQL(", ").join(pairs),
            user=self._assignee_sql(),
            woken=woken,
            now=fields.Datetime.now(),
            worklist=self.id,
            open=OPEN_STATES,
            mine=mine,
            theirs=theirs,
        )

    def _close_sql(self):
        """Items whose record left, and done ones whose facts are others by now."""
        return SQL(
            """UPDATE clerk_work_item AS item
                  SET is_current = FALSE,
                      state = CASE WHEN item.state IN %(open)s THEN 'left'
                                   ELSE item.state END,
                      closed_on = COALESCE(item.closed_on, %(now)s),
                      write_date = %(now)s
                WHERE item.worklist_id = %(worklist)s
                  AND item.is_current
                  AND NOT EXISTS (
                    SELECT 1 FROM source
                     WHERE source.res_id = item.res_id
                       AND (item.state IN %(open)s
                            OR item.fingerprint = source.fingerprint))
            RETURNING 1""",
            open=OPEN_STATES,
            now=fields.Datetime.now(),
            worklist=self.id,
        )

    # Deadlines

    def _deadline_sql(self):
        """The last day in time, by the calendar of the record's company."""
        home = self._home_company()
        # sudo: the calendars of all companies whose records the list may hold.
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
        # The day on which an item enters is day zero.
        end = calendar and calendar.plan_days(
            self.days_allowed + 1, start, compute_leaves=True
        )
        return end.date() if end else today + timedelta(days=self.days_allowed)

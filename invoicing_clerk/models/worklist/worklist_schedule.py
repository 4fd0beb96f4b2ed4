import re
from datetime import datetime, time, timedelta, timezone
from time import monotonic

from dateutil.tz import UTC, gettz

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..mixin.changes import Changes, Reading
from .worklist_source import BrokenWorklistError

# Attempts of a refresh that conflicts with a step of a clerk.
TRIES = 3

# Columns of a worklist that refreshes write, besides what the query depends on.
RESULT_COLUMNS = [
    *("last_refresh", "refresh_error", "whole_seconds", "repaired_count"),
    *("write_date", "write_uid"),
]
# Lists that are always queried as a whole take no more of the time than one part in
# this many.
SHARE_OF_TIME = 100
SHORTEST_REST = timedelta(minutes=5)

_CLOCK = re.compile(r"\b(now\(\)|current_time(stamp)?\b|localtime)", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")


class ClerkWorklist(models.Model):
    """Scheduled refreshes: only of the worklists for which something was written.

    A worklist depends on the tables that its query reads, on its own settings, on the
    date, and on the moment at which snoozed items return. Refreshes that people ask
    for are not limited.
    """

    _inherit = "clerk.worklist"
    _guarded_fields = frozenset({"whole_seconds"})

    whole_seconds = fields.Float(
        string="Duration (s)",
        readonly=True,
        copy=False,
        help="Seconds that the last refresh of the whole list took.",
    )
    is_momentary = fields.Boolean(
        string="Depends on the Time of Day",
        compute="_compute_is_momentary",
        help="The filter or a rule compares with the current time, so the list is "
        "queried by every refresh. Others are queried after a change only.",
    )

    @api.model
    def _cron_refresh(self):
        """Refresh the worklists that may have changed, and commit each."""
        progress = self.env["ir.cron"]
        changes = Changes(self.env)
        progress._commit_progress()
        self.env["clerk.work.item"]._unlink_activities_of_closed()
        worklists = self.search([("active", "=", True)])
        prepared = worklists._prepare_changed(changes)
        settings = worklists._settings()
        stale = worklists._possibly_changed(changes, prepared, settings)
        (worklists - stale)._retried(lambda self: self._note_refresh())
        stale = stale.filtered(lambda each: not each._rests(changes, settings[each.id]))
        progress._commit_progress(remaining=len(stale))
        for worklist in stale:
            worklist._refresh_in_batch(prepared, changes, settings[worklist.id])
            if not progress._commit_progress(1):
                break

    # What may have changed

    def _possibly_changed(self, changes, prepared, settings):
        """Return the worklists whose refresh may find other items than the last one.

        :param prepared: names of models that are up to date
        """
        due = self._with_due_items()
        return self.filtered(
            lambda each: (
                each.id in due
                or each._needs_preparation(prepared)
                or not changes.are_known(each._checkpoint(), settings[each.id])
            )
        )

    def _rests(self, changes, facts):
        """Return whether a list that is always queried as a whole waits for its turn.

        Lists that depend on the date do not on the first refresh of a day, and none
        does after its settings have changed, unless it depends on the time of day.
        """
        rest = timedelta(seconds=self.whole_seconds * SHARE_OF_TIME)
        if rest < SHORTEST_REST or not self.last_refresh:
            return False
        if self.last_refresh + rest <= fields.Datetime.now():
            return False
        is_same = changes.delta(self._checkpoint(), facts) is not None
        return (is_same or self.is_momentary) and bool(self.whole_reason)

    def _checkpoint(self):
        return f"{self._name},{self.id}"

    def _settings(self):
        """Return a hash of the settings of each list, without the results.

        Language and time zone of its company are part of them.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT id, MD5((TO_JSONB(list) - %s::text[])::text)"
                "  FROM clerk_worklist AS list WHERE id IN %s",
                RESULT_COLUMNS,
                self._ids or (0,),
            )
        )
        return {id_: f"{code} {self.browse(id_)._locale()}" for id_, code in rows}

    def _locale(self):
        partner = self._home_company().partner_id
        return f"{partner.lang} {partner.tz}"

    def _with_due_items(self):
        """Return the ids of the worklists with snoozed items that are due."""
        return {
            id_
            for [id_] in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT worklist_id FROM clerk_work_item"
                    " WHERE state = 'snoozed' AND snooze_until <= %s",
                    fields.Datetime.now(),
                )
            )
        }

    def _note_reading(self, reading, query):
        """Leave out what the query does not ask but a refresh reads or writes itself.

        Items that clerks return are assigned again by some lists only. Of contacts,
        language and time zone of the company are read, which are among the settings.
        """
        own = {self._table}
        if self.assignment == "pull":
            own.add(self.env["clerk.work.item"]._table)
        reading.ignored |= {table for table in own if f'"{table}"' not in query.code}
        if self._is_free_of(partners := self.env["res.partner"]._table):
            reading.ignored.add(partners)
        reading.is_momentary = self._compares_with_now(query)

    def _compares_with_now(self, query):
        """Return whether the query has a moment that is not the beginning of a day."""
        zone = gettz(self.env.context.get("tz") or "UTC") or UTC
        return bool(_CLOCK.search(query.code)) or any(
            _MOMENT.search(value)
            if isinstance(value, str)
            else isinstance(value, datetime)
            and value.replace(tzinfo=timezone.utc).astimezone(zone).time() != time.min
            for value in query.params
        )

    @api.depends("model_id", "domain", "rule_ids")
    def _compute_is_momentary(self):
        for worklist in self:
            # sudo: only whether the query depends on the clock.
            saved = worklist._origin.sudo()
            worklist.is_momentary = bool(saved) and saved._is_query_momentary()

    def _is_query_momentary(self):
        shared = self._as_shared()
        try:
            with self._explaining_errors():
                return shared._compares_with_now(shared._query_sql())
        except BrokenWorklistError:
            return False

    # Models whose rows are computed before their lists

    def _prepare_changed(self, changes):
        """Prepare the models for which something was written.

        :return: the names of the models that are up to date; where preparing fails, the
            refresh of a list tries again, and says why
        """
        return {
            name
            for name, worklists in self.grouped("model").items()
            if worklists[:1]._prepare_if_changed(changes)
        }

    def _prepare_if_changed(self, changes):
        name = f"{self.model}._before_refresh"
        if not self._needs_preparation(()) or changes.are_known(name):
            return True
        return self._retried(lambda self: self._prepare_and_settle(name, changes))

    def _prepare_and_settle(self, name, changes):
        try:
            with self._explaining_errors(), changes.reading() as reading:
                delta = changes.delta(name)
                reading.is_partial = self._as_shared()._prepare_records(delta)
                # Read only to know the model.
                reading.ignored.add(self._table)
        except BrokenWorklistError:
            return False
        changes.settle(name, reading)
        self.env["ir.cron"]._commit_progress()
        return True

    def _needs_preparation(self, prepared):
        return (
            self.model not in prepared
            and self._is_model_known()
            and hasattr(self.env[self.model], "_before_refresh")
        )

    # Refreshes

    def _refresh_in_batch(self, prepared, changes, settings):
        """Refresh, and return whether that was done."""
        return self._retried(
            lambda self: self._refresh_and_settle(prepared, changes, settings)
        )

    def _refresh_and_settle(self, prepared, changes, settings):
        up_to_date = set(prepared)
        delta = changes.delta(self._checkpoint(), settings)
        is_ready = not self._needs_preparation(prepared)
        if delta is not None and is_ready and self._is_untouched(delta):
            changes.settle(self._checkpoint(), Reading(is_partial=True), settings)
            self._note_refresh()
            return True
        start = monotonic()
        with changes.reading() as reading:
            result = self._refresh(up_to_date, reading, delta)
        if result:
            if not reading.is_partial:
                self._inside().whole_seconds = monotonic() - start
            changes.settle(self._checkpoint(), reading, settings)
        return result

    def _retried(self, act):
        """Act, and try again if a step of somebody else conflicted."""
        results = (self._tried(act) for _attempt in range(TRIES))
        return next((result for result in results if result is not None), False)

    def _tried(self, act):
        """Return the result; None if a step of somebody else conflicted."""
        try:
            result = act(self)
            # What was noted on the list may conflict with a supervisor's edit: better
            # here, where it is tried again, than at the commit, which ends the run.
            self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.cr.rollback()
            return None
        return bool(result)

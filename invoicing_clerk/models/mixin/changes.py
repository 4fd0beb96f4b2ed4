"""Let scheduled actions rest while nothing that they read has been written.

PostgreSQL counts how many rows of a table all transactions have written, and how often
the current one has scanned it. An action depends on the tables that it has scanned.
While none of them is written and no day begins, it would find what it found before.

**How to use**

1. Count first, and commit before anything is read: what is counted is visible then.
   What others commit later is counted later, and read by the next run::

       changes = Changes(self.env)
       self.env["ir.cron"]._commit_progress()

2. Nothing to do if ``changes.are_known(name)``.
3. Read within ``with changes.reading() as reading:``, in one transaction.
4. When all is done: ``changes.settle(name, reading)``.

**Only what was written.** Most of what an action reads carries the moment at which it
was written. ``changes.delta(name)`` tells which tables were written since the last run,
and since which moment, so that the action can read only these rows, and what depends on
them: see `traces.py`. Then ``settle`` is told that the run was ``partial``: what it
need not read again still counts as read.

**What is counted.** Rows that are inserted, updated or deleted in any way: by the ORM,
in SQL, by other programs, and by transactions that are rolled back. Values that come
from caches are covered by the tables in which Odoo announces that caches are cleared,
and those of the transaction are read anew. Not covered are a clock finer than a day,
views that are replaced and tables that are truncated. After a crash, PostgreSQL counts
from zero: then everything is read.
"""

from contextlib import contextmanager
from datetime import datetime, time, timedelta, timezone
from functools import cached_property
from typing import NamedTuple

from dateutil.tz import UTC, gettz

from odoo import fields
from odoo.tools import SQL

# Written whenever a cache of all processes is cleared.
SIGNALS = "orm_signaling_"
# Says what was read, and is never a reason to read it again.
IGNORED = "clerk_checkpoint"
# Contacts are merged by SQL, which leaves no date where they were named. Then one is
# deleted.
MERGED = "res_partner"
# Servers report what they have counted up to a minute after the commit.
MARGIN = timedelta(minutes=2)

_COUNTS = SQL(
    """SELECT relname,
              PG_STAT_GET_TUPLES_INSERTED(oid) + PG_STAT_GET_TUPLES_UPDATED(oid),
              PG_STAT_GET_TUPLES_DELETED(oid),
              PG_STAT_GET_XACT_TUPLES_INSERTED(oid)
                  + PG_STAT_GET_XACT_TUPLES_UPDATED(oid),
              PG_STAT_GET_XACT_TUPLES_DELETED(oid)
         FROM PG_CLASS
        WHERE relkind IN ('r', 'm', 'p')
          AND relnamespace = CURRENT_SCHEMA()::regnamespace
          AND CURRENT_SETTING('track_counts')::bool"""
)
_SCANS = SQL(
    """SELECT COALESCE(owner.relname, scanned.relname),
              SUM(PG_STAT_GET_XACT_NUMSCANS(scanned.oid))
         FROM PG_CLASS AS scanned
         LEFT JOIN PG_INDEX AS built ON built.indexrelid = scanned.oid
         LEFT JOIN PG_CLASS AS owner ON owner.oid = built.indrelid
        WHERE scanned.relnamespace = CURRENT_SCHEMA()::regnamespace
          AND PG_STAT_GET_XACT_NUMSCANS(scanned.oid) > 0
        GROUP BY 1"""
)


class Delta(NamedTuple):
    """Writes since an action was done last.

    :param since: rows that became visible meanwhile were written then or later
    :param changed: names of the tables it has read in which rows were written
    :param deleted: those in which rows were deleted
    """

    since: datetime
    changed: frozenset
    deleted: frozenset


class Reading:
    """Note of the tables that one run has read, and of how often each was written."""

    def __init__(self, is_partial=False):
        self.counts = {}
        self.ignored = {IGNORED}
        # Whether the result depends on the time of day: then it is never known.
        self.is_momentary = False
        # Whether only what had been written was read.
        self.is_partial = is_partial


class Changes:
    """Counts of what had been written to each table when an action started."""

    def __init__(self, env):
        self.env = env
        self.moment = fields.Datetime.now()
        # The clock may have been set back.
        self._horizon = min(self.moment, env["clerk.checkpoint"]._horizon())
        env.flush_all()
        # What this transaction has written is not among that of all others yet.
        self._written = {
            table: [written + own_written, deleted + own_deleted]
            for table, written, deleted, own_written, own_deleted in env.execute_query(
                _COUNTS
            )
        }
        self._merges = self._written.get(MERGED, [0, 0])[1]

    def are_known(self, name, facts=None):
        """Return whether an action would find what it found in its last run.

        :param facts: what its result depends on, besides tables and the date
        """
        delta = self.delta(name, facts)
        return delta is not None and not delta.changed

    def delta(self, name, facts=None):
        """Return what was written since the last run.

        :param facts: what its result depends on, besides tables and the date
        :return: None if the action has to read everything
        """
        checkpoint = self._checkpoints.get(name)
        seen = checkpoint and checkpoint.seen
        if not (
            seen
            and checkpoint.read_up_to <= self.moment < checkpoint.seen_until
            and seen["facts"] == facts
            and seen.get("merges") == self._merges
        ):
            return None
        now = {table: self._written.get(table) for table in seen["counts"]}
        changed = {table for table, old in seen["counts"].items() if now[table] != old}
        if any(now[table] is None or table.startswith(SIGNALS) for table in changed):
            return None
        return Delta(
            datetime.fromisoformat(seen["since"]),
            frozenset(changed),
            frozenset(
                table for table in changed if now[table][1] != seen["counts"][table][1]
            ),
        )

    @cached_property
    def _checkpoints(self):
        # sudo: what was read, and nothing of its contents.
        checkpoints = self.env["clerk.checkpoint"].sudo().search([])
        return {each.name: each for each in checkpoints}

    @contextmanager
    def reading(self):
        """Note which tables are scanned inside, and what is written there."""
        reading = Reading()
        self.env.flush_all()
        # Values that were read before count as read inside.
        self.env.invalidate_all()
        scans, written = self._scans(), self._own_writes()
        yield reading
        self.env.flush_all()
        for table, own in self._own_writes().items():
            before, known = written.get(table, (0, 0)), self._written.get(table, (0, 0))
            self._written[table] = [
                count + new - old
                for count, new, old in zip(known, own, before, strict=True)
            ]
        reading.counts = {
            table: self._written.get(table, [0, 0])
            for table, count in self._scans().items()
            if count > scans.get(table, 0)
        }

    def settle(self, name, reading, facts=None):
        """Note that all was done that follows from what was read."""
        if reading.is_momentary or not self._written:
            return
        read = set(reading.counts) - reading.ignored
        if reading.is_partial:
            read.update(self._checkpoints[name].seen["counts"])
        counts = {
            table: reading.counts.get(table, count)
            for table, count in self._written.items()
            if table in read or table.startswith(SIGNALS)
        }
        self.env["clerk.checkpoint"]._advance(
            name,
            self.moment,
            whole=True,
            seen={
                "facts": facts,
                "counts": counts,
                "merges": self._merges,
                "since": (self._horizon - MARGIN).isoformat(),
            },
            seen_until=self._next_day,
        )

    def _scans(self):
        return dict(self.env.execute_query(_SCANS))

    def _own_writes(self):
        return {
            table: own for table, _n, _deleted, *own in self.env.execute_query(_COUNTS)
        }

    @cached_property
    def _next_day(self):
        """Return when the next day begins for a company, or for the user who runs."""
        # sudo: time zones only.
        companies = self.env["res.company"].sudo().search([("active", "=", True)])
        names = {"UTC", self.env.user.tz, *companies.partner_id.mapped("tz")}
        now = self.moment.replace(tzinfo=timezone.utc)
        starts = []
        for zone in map(gettz, filter(None, names)):
            tomorrow = now.astimezone(zone or UTC).date() + timedelta(days=1)
            starts.append(datetime.combine(tomorrow, time.min, zone or UTC))
        return min(starts).astimezone(timezone.utc).replace(tzinfo=None)

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ....rules.audit.test import audit_test as rules
from ...mixin.facts import Reason, facts
from .audit_test_source import (
    Outcome,
    exception_columns,
    figure,
)


class ClerkAuditRun(models.Model):
    """Tests of the completeness of entries."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "series": self.env._("Number series"),
            "missing": self.env._("Missing numbers"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "missing": Reason(
                self.env._("Missing Numbers"),
                self.env._(
                    "Missing in journal %(journal)s: numbers %(low)s to %(high)s of "
                    "the series %(series)s (%(count)s). %(next)s follows."
                ),
            ),
            "start": Reason(
                self.env._("Series Does Not Start at 1"),
                self.env._(
                    "Journal %(journal)s: the series %(series)s starts at number "
                    "%(following)s. Missing before it: %(count)s. %(next)s is the "
                    "first."
                ),
            ),
            "cancelled": Reason(
                self.env._("Number of a Cancelled Entry"),
                self.env._("%(next)s is cancelled; its number cannot be reused."),
            ),
            "draft": Reason(
                self.env._("Number of a Draft Entry"),
                self.env._(
                    "%(next)s was posted and reset to draft; it keeps its number."
                ),
            ),
        }

    # SEQ

    def _test_seq(self, ledger):
        """Find numbers without a posted entry.

        See `rules.audit.test.audit_test.number_faults`.
        """
        named = ledger.moves(
            self._numbered() & ledger.period(), states=("draft", "posted", "cancel")
        )
        count, total = ledger.totals(
            named.select(SQL("account_move.amount_total_signed AS amount"))
        )
        self._add_exceptions(self._faults_sql(ledger))
        [[series]] = ledger.fetch(
            named.select(SQL("COUNT(DISTINCT (journal_id, sequence_prefix))"))
        )
        [[missing]] = ledger.fetch(
            SQL(
                "SELECT COALESCE(SUM((facts->>'count')::int), 0)"
                " FROM clerk_audit_exception WHERE run_id = %s",
                self.id,
            )
        )
        figures = [
            figure("series", "count", series),
            figure("missing", "count", missing),
        ]
        return Outcome(count, total, figures)

    def _numbered(self):
        """Return the domain of numbered entries, including drafts once posted."""
        numbered = Domain("state", "!=", "draft") | Domain("posted_before", "=", True)
        return numbered & Domain("name", "not in", (False, "", "/"))

    def _numbers_sql(self, ledger):
        """Return SQL of numbered entries of all series used in the years of the period,
        or later: a later number may be part of a series.

        The series is the name without the number: its prefix and suffix.
        """
        first = ledger.first.replace(month=1, day=1)
        states = ("draft", "posted", "cancel")
        years = Domain("date", ">=", first)
        series = SQL("account_move.journal_id, account_move.sequence_prefix")
        recent = ledger.moves(self._numbered() & years, states=states)
        query = ledger.moves(self._numbered(), states=states)
        query.add_where(SQL("(%s) IN %s", series, recent.subselect(series)))
        return query.select(
            SQL("account_move.id, account_move.journal_id, account_move.name"),
            SQL(
                """account_move.sequence_prefix || '#' || REGEXP_REPLACE(
                    SUBSTR(account_move.name, LENGTH(account_move.sequence_prefix) + 1),
                    '^\\d+', '') AS series"""
            ),
            self._kind_of_number_sql(),
            SQL("account_move.sequence_number AS number"),
            SQL(
                """LENGTH(SUBSTRING(SUBSTR(account_move.name,
                    LENGTH(account_move.sequence_prefix) + 1) FROM '^\\d+')) AS width"""
            ),
            SQL("account_move.date, account_move.state, account_move.write_uid"),
            SQL("account_move.commercial_partner_id AS partner_id"),
            SQL("account_move.amount_total_signed AS amount"),
            SQL(
                "account_move.date BETWEEN %s AND %s AS in_period",
                ledger.first,
                ledger.last,
            ),
        )

    def _kind_of_number_sql(self):
        """Return SQL of the kind of entries that the journal numbers separately."""
        return SQL(
            """(SELECT CASE
                WHEN journal.refund_sequence
                 AND account_move.move_type IN ('out_refund', 'in_refund') THEN 'credit'
                WHEN journal.payment_sequence
                 AND account_move.origin_payment_id IS NOT NULL THEN 'payment'
                ELSE 'other' END
                  FROM account_journal AS journal
                 WHERE journal.id = account_move.journal_id) AS kind"""
        )

    def _parts_sql(self, ledger):
        """Return the table of series that are part of others, as `rules.audit.test
        .audit_test.bases` finds them: columns journal_id, series, base and number."""
        rows = ledger.fetch(
            SQL(
                """SELECT journal_id, series, COALESCE(MAX(width), 0),
                          BOOL_OR(number = 1)
                     FROM (%s) AS number GROUP BY journal_id, series""",
                self._numbers_sql(ledger),
            )
        )
        journals = {}
        for journal, name, *figures in rows:
            journals.setdefault(journal, {})[name] = rules.Series(*figures)
        parts = [
            (journal, name, base, int(digits) if digits else None)
            for journal, series in journals.items()
            for name, (base, digits) in rules.bases(series).items()
        ]
        columns = list(zip(*parts, strict=True)) or [()] * 4
        return SQL(
            "SELECT * FROM UNNEST(%s::int[], %s::text[], %s::text[], %s::int[])"
            " AS part (journal_id, series, base, number)",
            *map(list, columns),
        )

    def _faults_sql(self, ledger):
        """Return SQL of gaps before entries of the period, and of numbers not posted.

        The first number of a series continues an ended series of the same kind and
        year, if there is one.
        """
        return SQL(
            """WITH part AS MATERIALIZED (%(parts)s),
            number AS MATERIALIZED (
                SELECT written.id, written.journal_id, name,
                       COALESCE(base, written.series) AS series, kind,
                       COALESCE(part.number, written.number) AS number, date, state,
                       write_uid, partner_id, amount, in_period
                  FROM (%(numbers)s) AS written
                  LEFT JOIN part ON part.journal_id = written.journal_id
                   AND part.series = written.series),
            series AS MATERIALIZED (
                SELECT journal_id, series, MAX(date) AS ends, MAX(number) AS last,
                       CASE MIN(kind) WHEN MAX(kind) THEN MIN(kind) ELSE 'other' END
                            AS kind
                  FROM number GROUP BY journal_id, series),
            follower AS (
                SELECT number.*, LAG(number) OVER (
                    PARTITION BY journal_id, series ORDER BY number, id) AS previous
                  FROM number),
            starter AS (
                SELECT follower.id, (
                    SELECT CASE WHEN other.last < follower.number THEN other.last END
                      FROM series AS other
                     WHERE other.journal_id = follower.journal_id
                       AND other.series <> follower.series
                       AND other.kind = this.kind
                       AND other.ends <= follower.date
                       AND DATE_TRUNC('year', other.ends)
                           = DATE_TRUNC('year', follower.date)
                     ORDER BY other.ends DESC, other.last DESC LIMIT 1) AS last
                  FROM follower JOIN series AS this USING (journal_id, series)
                 WHERE previous IS NULL),
            gap AS (
                SELECT follower.*, COALESCE(previous, starter.last, 0) AS before,
                       previous IS NULL AND starter.last IS NULL AS is_start
                  FROM follower LEFT JOIN starter USING (id)
                 WHERE follower.in_period)
            SELECT %(missing)s FROM gap
              JOIN account_journal AS journal ON journal.id = gap.journal_id
             WHERE gap.number > gap.before + 1
            UNION ALL
            SELECT %(held)s FROM number
             WHERE in_period AND state IN ('cancel', 'draft')""",
            parts=self._parts_sql(ledger),
            numbers=self._numbers_sql(ledger),
            missing=self._missing_sql(),
            held=self._held_sql(),
        )

    def _missing_sql(self):
        return exception_columns(
            SQL("CASE WHEN gap.is_start THEN 'start' ELSE 'missing' END"),
            res_model=SQL("'account.journal'"),
            res_id=SQL("gap.journal_id"),
            move_id=SQL("gap.id"),
            date=SQL("gap.date"),
            facts=facts(
                journal=SQL("journal.code"),
                series=SQL("gap.series"),
                low=SQL("gap.before + 1"),
                high=SQL("gap.number - 1"),
                count=SQL("gap.number - gap.before - 1"),
                following=SQL("gap.number"),
                next=SQL("gap.name"),
            ),
        )

    def _held_sql(self):
        return exception_columns(
            SQL("CASE state WHEN 'cancel' THEN 'cancelled' ELSE 'draft' END"),
            res_model=SQL("'account.move'"),
            res_id=SQL("number.id"),
            move_id=SQL("number.id"),
            partner_id=SQL("number.partner_id"),
            user_id=SQL("number.write_uid"),
            date=SQL("number.date"),
            amount=SQL("ABS(number.amount)"),
            facts=facts(next=SQL("number.name"), series=SQL("number.series")),
        )

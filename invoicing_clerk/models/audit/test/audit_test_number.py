from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .audit_test_source import Outcome, facts, figure, found


class ClerkAuditRun(models.Model):
    """Tests of whether all entries are there."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "series": self.env._("Series of numbers"),
            "missing": self.env._("Missing numbers"),
        }

    @api.model
    def _reason_texts(self):
        return {
            **super()._reason_texts(),
            "missing": self.env._(
                "Missing in journal %(journal)s: numbers %(low)s to %(high)s of the "
                "series %(series)s (%(count)s). %(next)s follows."
            ),
            "start": self.env._(
                "Journal %(journal)s: the series %(series)s starts with number "
                "%(following)s, so that %(count)s numbers before it are not in these "
                "books. %(next)s is the first."
            ),
            "cancelled": self.env._(
                "%(next)s is cancelled, and its number is used up."
            ),
            "draft": self.env._(
                "%(next)s was posted, is a draft again and bears its number."
            ),
        }

    # SEQ

    def _test_seq(self, ledger):
        """Numbers that no posted entry bears: see `rules.audit_test.number_faults`."""
        named = ledger.moves(
            self._numbered() & ledger.period(), states=("draft", "posted", "cancel")
        )
        count, total = ledger.totals(
            named.select(SQL("account_move.amount_total_signed AS amount"))
        )
        self._keep(self._faults_sql(ledger))
        [[series]] = ledger.ask(
            named.select(SQL("COUNT(DISTINCT (journal_id, sequence_prefix))"))
        )
        [[missing]] = ledger.ask(
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
        """Entries that bear a number: drafts do if they were posted before."""
        held = Domain("state", "!=", "draft") | Domain("posted_before", "=", True)
        return held & Domain("name", "not in", (False, "", "/"))

    def _numbers_sql(self, ledger):
        """Numbered entries of all series that have one in the years of the period.

        The series is all of a name but its number: what comes before and after it.
        """
        first = ledger.first.replace(month=1, day=1)
        every = ("draft", "posted", "cancel")
        years = Domain("date", ">=", first) & Domain("date", "<=", ledger.last)
        series = SQL("account_move.journal_id, account_move.sequence_prefix")
        recent = ledger.moves(self._numbered() & years, states=every)
        query = ledger.moves(self._numbered(), states=every)
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
        """What a journal numbers apart from the rest, as its settings say."""
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

    def _faults_sql(self, ledger):
        """Gaps before entries of the period, and numbers held by what is not posted.

        The first number of a series follows on an ended one of the same kind and year,
        or on nothing.
        """
        return SQL(
            """WITH number AS MATERIALIZED (%(numbers)s),
            series AS MATERIALIZED (
                SELECT journal_id, series, MAX(date) AS ends, MAX(number) AS last,
                       CASE MIN(kind) WHEN MAX(kind) THEN MIN(kind) ELSE 'other' END
                            AS kind
                  FROM number GROUP BY journal_id, series),
            follower AS (
                SELECT number.*, LAG(number) OVER (
                    PARTITION BY journal_id, series ORDER BY number, id) AS own_before
                  FROM number),
            starter AS (
                SELECT follower.id, (
                    SELECT CASE WHEN other.last < follower.number THEN other.last END
                      FROM series AS other
                     WHERE other.journal_id = follower.journal_id
                       AND other.series <> follower.series
                       AND other.kind = own.kind
                       AND other.ends <= follower.date
                       AND DATE_TRUNC('year', other.ends)
                           = DATE_TRUNC('year', follower.date)
                     ORDER BY other.ends DESC, other.last DESC LIMIT 1) AS last
                  FROM follower JOIN series AS own USING (journal_id, series)
                 WHERE own_before IS NULL),
            gap AS (
                SELECT follower.*, COALESCE(own_before, starter.last, 0) AS before,
                       own_before IS NULL AND starter.last IS NULL AS is_start
                  FROM follower LEFT JOIN starter USING (id)
                 WHERE follower.in_period)
            SELECT %(missing)s FROM gap
              JOIN account_journal AS journal ON journal.id = gap.journal_id
             WHERE gap.number > gap.before + 1
            UNION ALL
            SELECT %(held)s FROM number
             WHERE in_period AND state IN ('cancel', 'draft')""",
            numbers=self._numbers_sql(ledger),
            missing=self._missing_sql(),
            held=self._held_sql(),
        )

    def _missing_sql(self):
        return found(
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
        return found(
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

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .audit_test_source import Outcome, facts, figure, found


class AuditTestNumber(models.AbstractModel):
    """Tests of whether all entries are there."""

    _name = "clerk.audit.test.number"
    _inherit = "clerk.audit.test.handler"
    _description = "Audit Tests of Numbers"

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
        numbers = self._numbers_sql(ledger)
        count, total = ledger.totals(
            SQL("SELECT amount FROM (%s) AS number WHERE in_period", numbers)
        )
        gaps = self._gaps_sql(numbers)
        self._keep(self._missing_sql(gaps))
        self._keep(self._held_sql(numbers))
        [[series, missing]] = ledger.ask(
            SQL(
                "SELECT COUNT(DISTINCT (journal_id, series)),"
                " COALESCE(SUM(GREATEST(number - before - 1, 0)), 0)"
                " FROM (%s) AS gap",
                gaps,
            )
        )
        return Outcome(
            count,
            total,
            [
                figure("series", "count", series),
                figure("missing", "count", int(missing)),
            ],
        )

    def _numbers_sql(self, ledger):
        """Numbered entries of all series that have one in the years of the period.

        The series is all of a name but its number: what comes before and after it.
        """
        first = ledger.first.replace(month=1, day=1)
        named = Domain("name", "not in", (False, "", "/"))
        held = Domain("state", "!=", "draft") | Domain("posted_before", "=", True)
        every = ("draft", "posted", "cancel")
        years = Domain("date", ">=", first) & Domain("date", "<=", ledger.last)
        series = SQL("account_move.journal_id, account_move.sequence_prefix")
        recent = ledger.moves(named & years, states=every).subselect(series)
        query = ledger.moves(named & held, states=every)
        query.add_where(SQL("(%s) IN %s", series, recent))
        return query.select(
            SQL("account_move.id, account_move.journal_id, account_move.name"),
            SQL(
                """account_move.sequence_prefix || '#' || REGEXP_REPLACE(
                    SUBSTR(account_move.name, LENGTH(account_move.sequence_prefix) + 1),
                    '^\\d+', '') AS series"""
            ),
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

    def _gaps_sql(self, numbers):
        """Entries of the period, each with the number before it in its series.

        The first number of a series follows on an ended one of the same year, or on
        nothing.
        """
        return SQL(
            """WITH number AS MATERIALIZED (%s),
            series AS MATERIALIZED (
                SELECT journal_id, series, MAX(date) AS ends, MAX(number) AS last
                  FROM number GROUP BY journal_id, series),
            follower AS (
                SELECT number.*, LAG(number) OVER (
                    PARTITION BY journal_id, series ORDER BY number, id) AS own_before
                  FROM number)
            SELECT follower.*, COALESCE(own_before, ended.last, 0) AS before,
                   own_before IS NULL AND ended.last IS NULL AS is_start
              FROM follower
              LEFT JOIN LATERAL (
                SELECT other.last FROM series AS other
                 WHERE follower.own_before IS NULL
                   AND other.journal_id = follower.journal_id
                   AND other.series <> follower.series
                   AND other.ends <= follower.date
                   AND DATE_TRUNC('year', other.ends)
                       = DATE_TRUNC('year', follower.date)
                 ORDER BY other.ends DESC, other.last DESC LIMIT 1
                ) AS latest ON TRUE
              LEFT JOIN LATERAL (
                SELECT latest.last WHERE latest.last < follower.number
                ) AS ended ON TRUE
             WHERE follower.in_period""",
            numbers,
        )

    def _missing_sql(self, gaps):
        return SQL(
            """SELECT %(found)s FROM (%(gaps)s) AS gap
                 JOIN account_journal AS journal ON journal.id = gap.journal_id
                WHERE gap.number > gap.before + 1""",
            found=found(
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
            ),
            gaps=gaps,
        )

    def _held_sql(self, numbers):
        """Numbers that a cancelled entry or a draft bears."""
        return SQL(
            "SELECT %s FROM (%s) AS number"
            " WHERE in_period AND state IN ('cancel', 'draft')",
            found(
                SQL("CASE state WHEN 'cancel' THEN 'cancelled' ELSE 'draft' END"),
                res_model=SQL("'account.move'"),
                res_id=SQL("number.id"),
                move_id=SQL("number.id"),
                partner_id=SQL("number.partner_id"),
                user_id=SQL("number.write_uid"),
                date=SQL("number.date"),
                amount=SQL("ABS(number.amount)"),
                facts=facts(next=SQL("number.name"), series=SQL("number.series")),
            ),
            numbers,
        )

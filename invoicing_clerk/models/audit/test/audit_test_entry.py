from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .audit_test_source import (
    SALES,
    NothingToTestError,
    Outcome,
    facts,
    figure,
    found,
)

# Where entries on revenue and receivables come from in the ordinary course.
ORDINARY_JOURNALS = ("sale", "bank", "cash", "credit")
SATURDAY, SUNDAY = 5, 6
PROGRAM = 1  # the user that scheduled jobs work as


class ClerkAuditRun(models.Model):
    """Tests of journal entries: by hand, late, at odd times, of odd amounts."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "limit": self.env._("Limit"),
            "free_days": self.env._("Days that are not worked"),
        }

    @api.model
    def _reason_texts(self):
        return {
            **super()._reason_texts(),
            "manual": self.env._(
                "Entry in journal %(journal)s that changes revenue by "
                "%(amount_revenue)s and receivables by %(amount_receivable)s."
            ),
            "backdated": self.env._(
                "Dated %(date_booked)s, entered on %(date_entered)s: %(count)s days "
                "later."
            ),
            "weekend": self.env._(
                "Entries by %(user)s on %(date_entered)s, a day that is not worked: "
                "%(count)s."
            ),
            "over_limit": self.env._("Over the limit of %(amount_limit)s."),
            "round": self.env._("%(total)s %(currency)s is a multiple of %(unit)s."),
        }

    # MANUAL

    def _test_manual(self, ledger):
        """Entries on revenue or receivables outside sale, bank and cash journals, but
        for those that the program makes by itself."""
        rows = self._touching_sql(ledger)
        count, total = ledger.totals(rows)
        self._keep(self._manual_sql(ledger, rows))
        return Outcome(count, total)

    def _touching_sql(self, ledger):
        """Entries with what each changes of revenue and of receivables."""
        query = ledger.items._search(
            Domain("company_id", "in", ledger.companies.ids)
            & Domain("parent_state", "=", "posted")
            & ledger.period()
            & Domain("account_id.account_type", "in", self._touched_types())
        )
        own = SQL("account_move_line")
        query.add_join(
            "JOIN",
            "touched",
            "account_account",
            SQL("touched.id = %s.account_id", own),
        )
        return SQL(
            """SELECT move_id, journal_id, SUM(balance) FILTER (WHERE is_income)
                        AS revenue,
                      SUM(balance) FILTER (WHERE NOT is_income) AS amount
                 FROM (%s) AS line GROUP BY move_id, journal_id""",
            query.select(
                SQL("%s.move_id, %s.journal_id, %s.balance", own, own, own),
                SQL("touched.account_type LIKE 'income%%' AS is_income"),
            ),
        )

    def _touched_types(self):
        return ("income", "income_other", "asset_receivable")

    def _manual_sql(self, ledger, rows):
        size = SQL("GREATEST(ABS(COALESCE(row.revenue, 0)), ABS(COALESCE(amount, 0)))")
        return SQL(
            """SELECT %(found)s FROM (%(rows)s) AS row
                 JOIN account_journal AS journal ON journal.id = row.journal_id
                 JOIN account_move AS move ON move.id = row.move_id
                WHERE journal.type NOT IN %(ordinary)s
                  AND move.tax_cash_basis_rec_id IS NULL
                  AND move.id NOT IN (%(exchange)s)
                  AND %(size)s >= %(least)s""",
            found=found(
                "manual",
                res_model=SQL("'account.move'"),
                res_id=SQL("move.id"),
                move_id=SQL("move.id"),
                partner_id=SQL("move.commercial_partner_id"),
                user_id=SQL("move.create_uid"),
                date=SQL("move.date"),
                amount=size,
                facts=facts(
                    journal=SQL("journal.code"),
                    amount_revenue=SQL("-COALESCE(row.revenue, 0)"),
                    amount_receivable=SQL("COALESCE(row.amount, 0)"),
                ),
            ),
            rows=rows,
            ordinary=ORDINARY_JOURNALS,
            exchange=ledger.exchange_sql(),
            size=size,
            least=self.amount,
        )

    # BACKDATED, WEEKEND, LIMIT, ROUND

    def _entries_sql(self, ledger):
        """Entries of the period, without what vendors bill."""
        kinds = ("entry", *SALES)
        return ledger.moves_sql(ledger.period() & Domain("move_type", "in", kinds))

    def _keep_entries(self, rows, reason, where, **named):
        """Exceptions of entries that meet a condition."""
        self._keep(
            SQL(
                "SELECT %(found)s FROM (%(rows)s) AS move WHERE %(where)s"
                " AND ABS(amount_total_signed) >= %(least)s",
                found=found(
                    reason,
                    res_model=SQL("'account.move'"),
                    res_id=SQL("id"),
                    move_id=SQL("id"),
                    partner_id=SQL("commercial_partner_id"),
                    user_id=SQL("create_uid"),
                    date=SQL("date"),
                    amount=SQL("ABS(amount_total_signed)"),
                    facts=facts(**named),
                ),
                rows=rows,
                where=where,
                least=self.amount if reason == "backdated" else 0,
            )
        )

    def _test_backdated(self, ledger):
        """Entries that were made more than some days after their date."""
        rows = self._entries_sql(ledger)
        count, total = ledger.totals(rows, "amount_total_signed")
        entered = SQL("(%s)::date", ledger.local_sql(SQL("create_date")))
        self._keep_entries(
            rows,
            "backdated",
            SQL("date < %s - %s", entered, self.days),
            date_booked=SQL("date"),
            date_entered=entered,
            count=SQL("%s - date", entered),
        )
        return Outcome(count, total)

    def _test_weekend(self, ledger):
        """What a person entered on a day on which the company does not work."""
        rows = self._entries_sql(ledger)
        count, total = ledger.totals(rows, "amount_total_signed")
        if not (free := self._free_days()):
            raise NothingToTestError(
                self.env._(
                    "%s works on every day of the week, so no day tells anything.",
                    self.company_id.name,
                )
            )
        self._keep(self._weekend_sql(ledger, rows, free))
        return Outcome(count, total, [figure("free_days", "count", len(free))])

    def _weekend_sql(self, ledger, rows, free):
        """An exception for each person and day, with the entry where there is one."""
        return SQL(
            """SELECT %(found)s FROM (
                    SELECT create_uid, %(entered)s AS day, COUNT(*) AS count,
                           SUM(ABS(amount_total_signed)) AS amount, MAX(id) AS move_id,
                           MAX(commercial_partner_id) AS partner_id
                      FROM (%(rows)s) AS move
                     WHERE create_uid <> %(program)s
                       AND EXTRACT(ISODOW FROM %(entered)s) - 1 IN %(free)s
                       AND ABS(amount_total_signed) >= %(least)s
                     GROUP BY 1, 2) AS worked
                 JOIN res_users AS person ON person.id = worked.create_uid
                 JOIN res_partner AS card ON card.id = person.partner_id""",
            found=found(
                "weekend",
                res_model=SQL("'res.users'"),
                res_id=SQL("worked.create_uid"),
                move_id=SQL("CASE count WHEN 1 THEN move_id END"),
                partner_id=SQL("CASE count WHEN 1 THEN worked.partner_id END"),
                user_id=SQL("worked.create_uid"),
                date=SQL("day"),
                amount=SQL("amount"),
                facts=facts(
                    user=SQL("card.name"),
                    date_entered=SQL("day"),
                    count=SQL("count"),
                ),
            ),
            rows=rows,
            entered=SQL("(%s)::date", ledger.local_sql(SQL("create_date"))),
            program=PROGRAM,
            free=tuple(free),
            least=self.amount,
        )

    def _free_days(self):
        """Days of the week, Monday being 0, without hours in the company's calendar."""
        # sudo: on which days the audited company works.
        calendar = self.company_id.sudo().resource_calendar_id
        worked = {int(each) for each in calendar.attendance_ids.mapped("dayofweek")}
        return sorted(set(range(7)) - worked) if worked else [SATURDAY, SUNDAY]

    def _test_limit(self, ledger):
        """Customer documents over a limit."""
        self._check_amount()
        rows = ledger.moves_sql(ledger.sales())
        count, total = ledger.totals(rows, "amount_total_signed")
        self._keep_entries(
            rows,
            "over_limit",
            SQL("ABS(amount_total_signed) > %s", self.amount),
            amount_limit=SQL("%s::numeric", self.amount),
        )
        return Outcome(count, total, [figure("limit", "money", self.amount)])

    def _test_round(self, ledger):
        """Customer documents and manual entries of a round amount."""
        self._check_amount()
        rows = SQL(
            """SELECT move.*, currency.name AS currency FROM (%s) AS move
                 JOIN account_journal AS journal ON journal.id = move.journal_id
                 JOIN res_currency AS currency ON currency.id = move.currency_id
                WHERE move.move_type IN %s OR journal.type NOT IN %s""",
            self._entries_sql(ledger),
            SALES,
            ORDINARY_JOURNALS,
        )
        count, total = ledger.totals(rows, "amount_total_signed")
        self._keep_entries(
            rows,
            "round",
            SQL("amount_total > 0 AND MOD(amount_total, %s::numeric) = 0", self.amount),
            total=SQL("TRIM_SCALE(amount_total)"),
            currency=SQL("currency"),
            unit=SQL("TRIM_SCALE(%s::numeric)", self.amount),
        )
        return Outcome(count, total, [figure("limit", "money", self.amount)])

    def _check_amount(self):
        if self.currency_id.compare_amounts(self.amount, 0.0) <= 0:
            raise NothingToTestError(
                self.env._(
                    "Say an amount above zero: %s. Without it nothing can be told "
                    "apart.",
                    self.amount_label,
                )
            )

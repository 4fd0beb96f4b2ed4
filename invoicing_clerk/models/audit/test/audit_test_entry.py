from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...mixin.facts import Reason, facts
from .audit_test_source import (
    SALES,
    NothingToTestError,
    Outcome,
    exception_columns,
    figure,
)

# Journals in which revenue and receivables are posted in the ordinary course.
ORDINARY_JOURNALS = ("sale", "bank", "cash", "credit")
SATURDAY, SUNDAY = 5, 6
SYSTEM_USER = 1  # OdooBot, which runs scheduled actions


class ClerkAuditRun(models.Model):
    """Tests of journal entries: manual, backdated, on weekends, round or large."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "limit": self.env._("Limit"),
            "free_days": self.env._("Non-working days of the week"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "manual": Reason(
                self.env._("Manual Entry"),
                self.env._(
                    "Entry in journal %(journal)s that changes revenue by "
                    "%(amount_revenue)s and receivables by %(amount_receivable)s."
                ),
            ),
            "backdated": Reason(
                self.env._("Backdated"),
                self.env._(
                    "Dated %(date_booked)s, entered on %(date_entered)s (days "
                    "between: %(count)s)."
                ),
            ),
            "weekend": Reason(
                self.env._("Entered on a Non-Working Day"),
                self.env._(
                    "Entries by %(user)s on %(date_entered)s, a non-working day: "
                    "%(count)s."
                ),
            ),
            "over_limit": Reason(
                self.env._("Above Limit"),
                self.env._("Exceeds the limit of %(amount_limit)s."),
            ),
            "round": Reason(
                self.env._("Round Amount"),
                self.env._("%(total)s %(currency)s is a multiple of %(unit)s."),
            ),
        }

    def _default_amount(self):
        """Use performance materiality as the limit."""
        if self.test_id.code == "LIMIT":
            return self.audit_id.performance_materiality
        return super()._default_amount()

    # MANUAL

    def _test_manual(self, ledger):
        """Find entries on revenue or receivables outside sales, bank and cash journals,
        except those that Odoo creates automatically."""
        rows = self._touching_sql(ledger)
        count, total = ledger.totals(rows)
        self._add_exceptions(self._manual_sql(ledger, rows))
        return Outcome(count, total)

    def _touching_sql(self, ledger):
        """Return SQL of entries with their effect on revenue and on receivables."""
        query = ledger.items._search(
            Domain("company_id", "in", ledger.companies.ids)
            & Domain("parent_state", "=", "posted")
            & ledger.period()
            & Domain("account_id.account_type", "in", self._touched_types())
        )
        table = SQL("account_move_line")
        query.add_join(
            "JOIN",
            "touched",
            "account_account",
            SQL("touched.id = %s.account_id", table),
        )
        return SQL(
            """SELECT move_id, journal_id, SUM(balance) FILTER (WHERE is_income)
                        AS revenue,
                      SUM(balance) FILTER (WHERE NOT is_income) AS amount
                 FROM (%s) AS line GROUP BY move_id, journal_id""",
            query.select(
                SQL("%s.move_id, %s.journal_id, %s.balance", table, table, table),
                SQL("touched.account_type LIKE 'income%%' AS is_income"),
            ),
        )

    def _touched_types(self):
        return ("income", "income_other", "asset_receivable")

    def _manual_sql(self, ledger, rows):
        size = SQL("GREATEST(ABS(COALESCE(row.revenue, 0)), ABS(COALESCE(amount, 0)))")
        return SQL(
            """SELECT %(columns)s FROM (%(rows)s) AS row
                 JOIN account_journal AS journal ON journal.id = row.journal_id
                 JOIN account_move AS move ON move.id = row.move_id
                WHERE journal.type NOT IN %(ordinary)s
                  AND move.tax_cash_basis_rec_id IS NULL
                  AND move.id NOT IN (%(exchange)s)
                  AND %(size)s >= %(minimum)s""",
            columns=exception_columns(
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
            minimum=self.amount,
        )

    # BACKDATED, WEEKEND, LIMIT, ROUND

    def _entries_sql(self, ledger):
        """Return SQL of the entries of the period, without vendor documents."""
        kinds = ("entry", *SALES)
        return ledger.moves_sql(ledger.period() & Domain("move_type", "in", kinds))

    def _test_backdated(self, ledger):
        """Find entries made more than a number of days after their date."""
        rows = self._entries_sql(ledger)
        count, total = ledger.totals(rows, "amount_total_signed")
        entered = SQL("(%s)::date", ledger.local_sql(SQL("create_date")))
        self._add_entries(
            rows,
            "backdated",
            SQL(
                "date < %s - %s AND ABS(amount_total_signed) >= %s",
                entered,
                self.days,
                self.amount,
            ),
            date_booked=SQL("date"),
            date_entered=entered,
            count=SQL("%s - date", entered),
        )
        return Outcome(count, total)

    def _test_weekend(self, ledger):
        """Find entries that people made on non-working days."""
        rows = self._entries_sql(ledger)
        count, total = ledger.totals(rows, "amount_total_signed")
        if not (days := self._free_weekdays()):
            raise NothingToTestError(
                self.env._(
                    "%s works on every day of the week, so there are no days to test.",
                    self.company_id.name,
                )
            )
        self._add_exceptions(self._weekend_sql(ledger, rows, days))
        return Outcome(count, total, [figure("free_days", "count", len(days))])

    def _weekend_sql(self, ledger, rows, weekdays):
        """Return SQL of one exception per person and day, with a single entry."""
        return SQL(
            """SELECT %(columns)s FROM (
                    SELECT create_uid, %(entered)s AS day, COUNT(*) AS count,
                           SUM(ABS(amount_total_signed)) AS amount, MAX(id) AS move_id,
                           MAX(commercial_partner_id) AS partner_id
                      FROM (%(rows)s) AS move
                     WHERE create_uid <> %(system)s
                       AND EXTRACT(ISODOW FROM %(entered)s) - 1 IN %(weekdays)s
                       AND ABS(amount_total_signed) >= %(minimum)s
                     GROUP BY 1, 2) AS worked
                 JOIN res_users AS person ON person.id = worked.create_uid
                 JOIN res_partner AS card ON card.id = person.partner_id""",
            columns=exception_columns(
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
            system=SYSTEM_USER,
            weekdays=tuple(weekdays),
            minimum=self.amount,
        )

    def _free_weekdays(self):
        """Return weekdays, Monday being 0, without hours in the company's calendar."""
        # sudo: only reads the working days of the company.
        calendar = self.company_id.sudo().resource_calendar_id
        worked = {int(day) for day in calendar.attendance_ids.mapped("dayofweek")}
        return sorted(set(range(7)) - worked) if worked else [SATURDAY, SUNDAY]

    def _test_limit(self, ledger):
        """Find customer documents above a limit."""
        self._check_amount()
        rows = ledger.moves_sql(ledger.sales())
        count, total = ledger.totals(rows, "amount_total_signed")
        self._add_entries(
            rows,
            "over_limit",
            SQL("ABS(amount_total_signed) > %s", self.amount),
            amount_limit=SQL("%s::numeric", self.amount),
        )
        return Outcome(count, total, [figure("limit", "money", self.amount)])

    def _test_round(self, ledger):
        """Find customer documents and manual entries with round amounts."""
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
        self._add_entries(
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
                    "Enter an amount above zero as “%s”: the test cannot run without "
                    "it.",
                    self.amount_label,
                )
            )


class ClerkAuditException(models.Model):
    """Exceptions of non-working days: they are about many entries."""

    _inherit = "clerk.audit.exception"

    def _entries_domain(self):
        """Return the domain of what the person entered on the day, in local time."""
        if self.reason != "weekend" or self.move_id:
            return super()._entries_domain()
        zone = timezone(self.company_id.partner_id.tz or "UTC")
        midnight = datetime.combine(self.date, time.min)
        first, last = (
            zone.localize(moment).astimezone(utc).replace(tzinfo=None)
            for moment in (midnight, midnight + timedelta(days=1))
        )
        return Domain(
            [
                ("move_type", "in", ("entry", *SALES)),
                ("create_uid", "=", self.user_id.id),
                ("create_date", ">=", fields.Datetime.to_string(first)),
                ("create_date", "<", fields.Datetime.to_string(last)),
            ]
        )

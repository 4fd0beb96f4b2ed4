from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...rules.bucket import bucket_starts
from ..receivable.open_item import aged_sql, disputed_sql, promised_sql
from ..statement.statement_source import StatementLedger
from .ageing_row import AMOUNTS, BUCKETS

ITEM_COLUMNS = (
    *("row_id", "entry_id", "move_id", "name", "ref", "date", "due_date"),
    *("days_overdue", "bucket", "currency_id", "amount", "open_amount"),
    *("open_company", "disputed", "promised"),
)
# Amounts of a row, in document and in company currency.
SUMS = (*AMOUNTS, *(f"{name}_company" for name in (*AMOUNTS, "exchange")))


class ClerkAgeing(models.Model):
    """Computes the rows of a report by one query, from the ledger of statements.

    Rows, items and proof are written from the same open items, so that they cannot
    differ.
    """

    _inherit = "clerk.ageing"

    def _ledger(self, customers=None):
        return StatementLedger(self, customers)

    def _compute_rows(self, keeps_items=False):
        """Store rows and proof; items too, for a report that is to be frozen.

        :raises UserError: the books begin later
        """
        self.ensure_one()
        ledger = self._ledger()
        if self.env.user.has_group("invoicing_clerk.group_clerk"):
            # sudo: payments decide on promises, not the rights of the caller. Auditors
            # change nothing: for them, the scheduled action decides.
            self.env["clerk.promise"].sudo()._before_refresh()
        self._inside().included_company_ids = ledger.companies
        ledger.flush()
        self._clear()
        self.env.cr.execute(self._report_sql(ledger, keeps_items))
        [(count, entries)] = self.env.cr.fetchall()
        self.env.invalidate_all()
        if not count and not entries:
            self._check_books(ledger)

    def _clear(self):
        """Delete what was computed before.

        The caller may write the report, of which rows, items and proof are parts.
        """
        for table in ("clerk_ageing_row", "clerk_ageing_proof"):
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE ageing_id = %s",
                    SQL.identifier(table),
                    self.id,
                )
            )

    def _check_books(self, ledger):
        """Refuse a day before the books, but no report in which nothing is open.

        :raises UserError: the first entry is after the date
        """
        items = ledger.items
        first = items.search(
            [
                ("account_id", "in", ledger.accounts.ids),
                ("company_id", "in", ledger.companies.ids),
                ("parent_state", "=", "posted"),
            ],
            order="date",
            limit=1,
        )
        if first and first.date > self.date:
            raise UserError(
                self.env._(
                    "%(company)s has no receivables as of %(date)s: the first entry is "
                    "dated %(first)s. Choose that day or a later one.",
                    company=self.company_id.name,
                    date=format_date(self.env, self.date),
                    first=format_date(self.env, first.date),
                )
            )

    # The query

    def _report_sql(self, ledger, keeps_items):
        """Return the query that stores a report, and returns the number of its rows
        and of the accounts that have entries."""
        return SQL(
            "%(aged)s, new_row AS (%(new_row)s), new_proof AS (%(new_proof)s)"
            " %(new_item)s SELECT (SELECT COUNT(*) FROM new_row),"
            " (SELECT COUNT(*) FROM new_proof)",
            aged=self._aged_sql(ledger),
            new_row=self._new_row_sql(),
            new_proof=self._new_proof_sql(ledger),
            new_item=(
                SQL(", new_item AS (%s)", self._new_item_sql(SQL("new_row")))
                if keeps_items
                else SQL()
            ),
        )

    def _aged_sql(self, ledger):
        """Return the first part of queries: the table ``aged`` of open items.

        ``is_chosen`` tells whether the filters of the report select an item.
        """
        starts = bucket_starts(self.bucket_days, self.bucket_count)
        return SQL(
            """WITH account (id, account_name) AS (VALUES %(accounts)s),
            item AS (%(open)s), disputed AS MATERIALIZED (%(disputed)s),
            promised AS MATERIALIZED (%(promised)s), aged AS MATERIALIZED (
                SELECT line.*, %(late)s AS late, owner.user_id,
                    owner.name AS customer_name,
                    %(chosen)s AS is_chosen,
                    ROUND(open_company * disputed / NULLIF(open, 0), %(places)s)
                        AS disputed_company,
                    ROUND(open_company * promised / NULLIF(open, 0), %(places)s)
                        AS promised_company
                  FROM (%(aged)s) AS line
                  LEFT JOIN res_partner AS owner ON owner.id = line.customer)""",
            accounts=SQL(", ").join(
                SQL("(%s, %s)", each.id, each.display_name) for each in ledger.accounts
            ),
            open=ledger.open_sql(self.date),
            disputed=disputed_sql(),
            promised=promised_sql(),
            chosen=self._chosen_sql(),
            late=self._late_sql(),
            aged=aged_sql(self.date, starts),
            places=self.currency_id.decimal_places,
        )

    def _late_sql(self):
        """Return the days since the due date, by whatever date an item is aged."""
        if self.ageing_basis == "due":
            return SQL("line.days")
        return SQL(
            """(SELECT %s - COALESCE(entry.date_maturity, entry.date)
                  FROM account_move_line AS entry WHERE entry.id = line.id)""",
            self.date,
        )

    def _chosen_sql(self):
        """Return the condition of the filters."""
        # sudo: which commercial partner a contact has does not depend on the caller.
        customers = self.partner_ids.sudo().commercial_partner_id
        filters = {
            "line.customer": customers,
            "owner.user_id": self.user_ids,
            "line.currency_id": self.currency_ids,
            "line.account_id": self.account_ids,
        }
        conditions = [
            SQL(
                "COALESCE(%s = ANY(%s), FALSE)",
                SQL.identifier(*column.split(".")),
                records.ids,
            )
            for column, records in filters.items()
            if records
        ]
        return SQL(" AND ").join(conditions) if conditions else SQL("TRUE")

    def _new_row_sql(self):
        return SQL(
            """INSERT INTO clerk_ageing_row (ageing_id, company_id,
                    company_currency_id, partner_id, customer_name, user_id,
                    account_id, account_name, currency_id, item_count, date_due,
                    %(names)s)
               SELECT %(report)s, %(company)s, %(company_currency)s, customer,
                      customer_name, user_id, account_id, account_name, currency_id,
                      COUNT(*), MIN(due) FILTER (WHERE open > 0), %(sums)s
                 FROM aged JOIN account ON account.id = account_id WHERE is_chosen
                GROUP BY customer, customer_name, user_id, account_id, account_name,
                      currency_id
               RETURNING id, partner_id, account_id, currency_id""",
            names=SQL(", ").join(map(SQL.identifier, SUMS)),
            sums=SQL(", ").join(self._sums_sql()),
            report=self.id,
            company=self.company_id.id,
            company_currency=self.currency_id.id,
        )

    def _sums_sql(self):
        """Yield the sums that `SUMS` names, in document and in company currency."""
        for suffix in ("", "_company"):
            for name in AMOUNTS:
                is_part = name in ("disputed", "promised")
                yield SQL(
                    "COALESCE(SUM(%s) FILTER (WHERE %s), 0)",
                    SQL.identifier((name if is_part else "open") + suffix),
                    self._amount_condition(name),
                )
        yield SQL("COALESCE(SUM(open_company) FILTER (WHERE open = 0), 0)")

    def _amount_condition(self, name):
        """Return which open items an amount of a row has."""
        if name in BUCKETS:
            return SQL("open > 0 AND bucket = %s", BUCKETS.index(name))
        return {
            "balance": SQL("TRUE"),
            "overdue": SQL("open > 0 AND late > 0"),
            "unapplied": SQL("open < 0"),
            "exchange": SQL("open = 0"),
            "disputed": SQL("disputed <> 0"),
            "promised": SQL("promised <> 0"),
        }[name]

    def _new_item_sql(self, rows):
        """Return the statement that stores the items of rows.

        :param rows: SQL of a table with the columns of new rows
        """
        return SQL(
            """INSERT INTO clerk_ageing_item (ageing_id, %(columns)s)
               SELECT %(report)s, part.id, aged.id, aged.move_id, aged.number, aged.ref,
                      aged.date, aged.due, GREATEST(aged.late, 0), aged.bucket,
                      aged.currency_id, aged.amount, aged.open, aged.open_company,
                      aged.disputed, aged.promised
                 FROM aged JOIN %(rows)s AS part
                   ON COALESCE(part.partner_id, 0) = COALESCE(aged.customer, 0)
                  AND part.account_id = aged.account_id
                  AND part.currency_id = aged.currency_id
                WHERE is_chosen ORDER BY part.id, aged.due, aged.id
               ON CONFLICT DO NOTHING""",
            report=self.id,
            columns=SQL(", ").join(map(SQL.identifier, ITEM_COLUMNS)),
            rows=rows,
        )

    def _new_proof_sql(self, ledger):
        return SQL(
            """INSERT INTO clerk_ageing_proof (ageing_id, company_id, currency_id,
                    account_id, account_name, ledger, reported, excluded, difference)
               SELECT %(report)s, %(company)s, %(currency)s, account_id, account_name,
                      balance, COALESCE(reported, 0), COALESCE(excluded, 0),
                      balance - COALESCE(reported, 0) - COALESCE(excluded, 0)
                 FROM (%(ledger)s) AS total JOIN account ON account.id = account_id
                 LEFT JOIN (
                    SELECT account_id,
                           SUM(open_company) FILTER (WHERE is_chosen) AS reported,
                           SUM(open_company) FILTER (WHERE NOT is_chosen) AS excluded
                      FROM aged GROUP BY account_id) AS side USING (account_id)
                WHERE %(chosen)s
               RETURNING id""",
            report=self.id,
            company=self.company_id.id,
            currency=self.currency_id.id,
            ledger=ledger.ledger_sql(self.date),
            chosen=(
                SQL("account_id = ANY(%s)", self.account_ids.ids)
                if self.account_ids
                else SQL("TRUE")
            ),
        )

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.matching import by_item_sql, counted_sql, uncounted_sql

LINE_COLUMNS = (
    "id",
    "move_id",
    "account_id",
    "company_id",
    "partner_id",
    "journal_id",
    "currency_id",
    "date",
    "date_maturity",
    "amount_currency",
    "balance",
)


class StatementLedger:
    """The receivables of a company and its branches, as SQL.

    Everything is read with the access rights of the caller: a statement has no journal
    item that they cannot read. `rules.statement` defines the figures.
    """

    def __init__(self, run, customers=None):
        """:param customers: read only the items of these, so that a statement for one
        customer costs what that customer has; all by default"""
        self.run = run
        self.companies = self._companies(run)
        self.env = run.env(
            context={**run.env.context, "allowed_company_ids": self.companies.ids}
        )
        self.items = self.env["account.move.line"]
        self.items.check_access("read")
        self.accounts = self._accounts()
        self.contacts = customers and self._contacts(customers)

    def _companies(self, run):
        """Return the company with its branches.

        :raises UserError: the caller cannot work in one of them
        """
        # sudo: names of companies, to report which one is missing.
        company = run.company_id.sudo()
        companies = company.search([("id", "child_of", company.id)])
        # sudo: access of the caller.
        missing = companies - run.env.user.company_ids.sudo()
        # Scheduled actions may read all of them; sudo alone does not suffice.
        if missing and run.env.uid != SUPERUSER_ID:
            raise UserError(
                run.env._(
                    "%(record)s includes %(companies)s, to which you have no access. "
                    "Ask a colleague with access to compute it.",
                    record=run.name,
                    companies=", ".join(missing.mapped("name")),
                )
            )
        return companies.with_env(run.env)

    def _accounts(self):
        """:raises UserError: the company has no receivable account"""
        chart = self.run.company_id | self.run.company_id.parent_ids | self.companies
        accounts = (
            self.env["account.account"]
            .with_context(active_test=False)
            .search(
                [
                    ("account_type", "=", "asset_receivable"),
                    ("company_ids", "in", chart.ids),
                ]
            )
        )
        if not accounts:
            raise UserError(
                self.run.env._(
                    "%s has no receivable account. Install its chart of accounts "
                    "first.",
                    self.run.company_id.name,
                )
            )
        return accounts

    def _contacts(self, customers):
        """Return the ids of all contacts of customers."""
        # sudo: only ids; which contacts a customer has does not depend on the caller.
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        commercial = customers.sudo().commercial_partner_id
        return partners.search([("commercial_partner_id", "in", commercial.ids)]).ids

    def domain(self, last):
        """Return the domain of the items to read."""
        whole = self.whole_domain(last)
        if self.contacts:
            return whole & Domain("partner_id", "in", self.contacts)
        return whole

    def whole_domain(self, last):
        """Return the domain of the items of all customers."""
        return Domain(
            [
                ("account_id", "in", self.accounts.ids),
                ("company_id", "in", self.companies.ids),
                ("parent_state", "=", "posted"),
                ("date", "<=", last),
            ]
        )

    def flush(self):
        self.env.flush_all()

    # Columns

    def _customer_sql(self):
        """Return the customer on whose statement a journal item is."""
        if self.run.grouping == "address":
            return SQL(
                "CASE WHEN move.move_type IN %s THEN move.partner_id"
                " ELSE account_move_line.partner_id END",
                ("out_invoice", "out_refund", "out_receipt"),
            )
        return SQL("partner.commercial_partner_id")

    def _kind_sql(self):
        return SQL(
            """CASE WHEN move.move_type IN ('out_invoice', 'out_receipt') THEN 'invoice'
                    WHEN move.move_type = 'out_refund' THEN 'credit'
                    WHEN move.origin_payment_id IS NOT NULL
                      OR journal.type IN ('bank', 'cash', 'credit') THEN 'payment'
                    ELSE 'adjustment' END"""
        )

    def _due_sql(self):
        if self.run.ageing_basis == "invoice":
            return SQL("COALESCE(move.invoice_date, account_move_line.date)")
        return SQL("COALESCE(account_move_line.date_maturity, account_move_line.date)")

    def _line_sql(self, domain, *more, joins=(), condition=None):
        """Return the journal items of a domain, with the columns `_item_sql` needs."""
        query = self.items._search(domain, active_test=False)
        if condition:
            query.add_where(condition)
        for join in joins:
            query.add_join(*join)
        return query.select(
            *(SQL.identifier("account_move_line", name) for name in LINE_COLUMNS),
            *more,
        )

    def _item_sql(self, lines, *more, entries=None, brief=False):
        """Return journal items with the columns that statements need.

        :param lines: SQL of the items, from `_line_sql`
        :param more: names of further columns of it
        :param entries: condition on the entries of the items, to read them at once
        :param brief: return only customer, account and company
        """
        names = ("account_id", "company_id")
        columns = [SQL("%s AS customer", self._customer_sql())]
        if not brief:
            names = ("id", "move_id", *names, "currency_id", "date")
            columns += self._entry_columns()
        names = [SQL.identifier("account_move_line", name) for name in (*names, *more)]
        return SQL(
            "WITH line AS (%s)%s SELECT %s FROM line AS account_move_line %s",
            lines,
            self._entry_sql(entries) if entries else SQL(),
            SQL(", ").join([*names, *columns]),
            SQL(" ").join(self._joins(bool(entries), brief)),
        )

    def _entry_sql(self, condition):
        return SQL(
            """, entry AS MATERIALIZED (
                SELECT id, name, ref, payment_reference, move_type, partner_id,
                       invoice_date, origin_payment_id
                  FROM account_move WHERE %s)""",
            condition,
        )

    def _entry_columns(self):
        return [
            SQL("%s AS kind", self._kind_sql()),
            SQL("%s AS due", self._due_sql()),
            SQL("move.name AS number"),
            SQL("COALESCE(move.ref, move.payment_reference) AS ref"),
            SQL("account_move_line.amount_currency AS amount"),
            SQL("account_move_line.balance AS amount_company"),
        ]

    def _has_entries(self, brief):
        return not brief or self.run.grouping == "address"

    def _joins(self, separate, brief):
        """Return the tables of the columns.

        Each item has an entry. With a left join nevertheless, PostgreSQL does not use
        its estimate of the number of entries for the number of items.

        :param separate: entries are read separately
        """
        yield SQL(
            "LEFT JOIN res_partner AS partner"
            " ON partner.id = account_move_line.partner_id"
        )
        if self._has_entries(brief):
            yield SQL(
                "LEFT JOIN %s AS move ON move.id = account_move_line.move_id",
                SQL.identifier("entry" if separate else "account_move"),
            )
        if not brief:
            yield SQL(
                "JOIN account_journal AS journal"
                " ON journal.id = account_move_line.journal_id"
            )

    # Queries

    def open_sql(self, day, brief=False):
        """Return the open items as of a day: the residual amount of today and what was
        reconciled later, or with entries that are not posted. That is little, so this
        is fast for any recent day.

        In two parts, unsettled items are found by their partial index, and settled
        ones by their ids.
        """
        lines = SQL(
            """WITH later AS (%(later)s)
            SELECT * FROM (%(unsettled)s UNION ALL %(settled)s) AS item
             WHERE open <> 0 OR open_company <> 0""",
            later=by_item_sql(self._later_sql(day)),
            unsettled=self._as_of_sql(
                day, "LEFT JOIN", SQL("account_move_line.reconciled IS NOT TRUE")
            ),
            settled=self._as_of_sql(
                day,
                "JOIN",
                SQL("account_move_line.reconciled"),
            ),
        )
        # PostgreSQL estimates far too many open items, and would read all entries.
        # Given an array of ids, it looks up only those, in their order.
        entries = (
            SQL("id = ANY(ARRAY(SELECT move_id FROM line))")
            if self._has_entries(brief)
            else None
        )
        return self._item_sql(
            lines, "open", "open_company", entries=entries, brief=brief
        )

    def _later_sql(self, day):
        """Return the reconciliations that residual amounts include, and that did not
        count on a day."""
        names = ("debit_move_id", "credit_move_id", "amount")
        names += ("debit_amount_currency", "credit_amount_currency")
        columns = SQL(", ").join(map(SQL.identifier, names))
        return SQL(
            """(SELECT %(columns)s FROM account_partial_reconcile
                WHERE max_date > %(day)s
                UNION ALL
               SELECT %(columns)s FROM %(uncounted)s AS uncounted
                WHERE max_date <= %(day)s)""",
            columns=columns,
            day=day,
            uncounted=uncounted_sql(),
        )

    def _as_of_sql(self, day, kind, condition):
        """Return items that meet a condition, with what was reconciled later."""
        on = SQL("later.line_id = account_move_line.id")
        return self._line_sql(
            self.domain(day),
            SQL(
                "account_move_line.amount_residual_currency + COALESCE(later.own, 0)"
                " AS open"
            ),
            SQL(
                "account_move_line.amount_residual + COALESCE(later.amount, 0)"
                " AS open_company"
            ),
            joins=[(kind, "later", SQL.identifier("later"), on)],
            condition=condition,
        )

    def open_rows_sql(self, day):
        """Return (id, amount) of the open items as of a day, in company currency."""
        return SQL(
            "SELECT id, open_company AS amount FROM (%s) AS item", self.open_sql(day)
        )

    def movement_sql(self, first, last):
        """Return the movements of a period."""
        return SQL(
            "(%s) UNION ALL %s",
            self.moved_sql(first, last),
            self._transfer_sql(first, last),
        )

    def moved_sql(self, first, last):
        """Return the journal items of a period.

        Their entries have the same dates. In a query of their own, they are read at
        once.
        """
        return self._item_sql(
            self._line_sql(self.domain(last) & Domain("date", ">=", first)),
            entries=self._entries_between(first, last),
        )

    def _entries_between(self, first, last):
        if self.contacts:
            return SQL("id = ANY(ARRAY(SELECT move_id FROM line))")
        return SQL("date BETWEEN %s AND %s", first, last)

    def _transfer_sql(self, first, last):
        """Return reconciliations across blocks: see `rules.statement.flows`."""
        return SQL(
            """SELECT side.id, credit.move_id, side.account_id, side.company_id,
                      side.currency_id, part.max_date, side.customer, credit.kind,
                      NULL::date, credit.number, credit.ref, side.own, side.home
                 FROM %s AS part
                 JOIN matched AS debit ON debit.id = part.debit_move_id
                 JOIN matched AS credit ON credit.id = part.credit_move_id
                CROSS JOIN LATERAL (VALUES
                    (debit.id, debit.account_id, debit.company_id, debit.currency_id,
                     debit.customer, -part.debit_amount_currency, -part.amount),
                    (credit.id, credit.account_id, credit.company_id,
                     credit.currency_id, credit.customer, part.credit_amount_currency,
                     part.amount)
                ) AS side (id, account_id, company_id, currency_id, customer, own, home)
                WHERE part.max_date BETWEEN %s AND %s
                  AND (debit.customer, debit.currency_id)
                      IS DISTINCT FROM (credit.customer, credit.currency_id)""",
            self.partials_sql(),
            first,
            last,
        )

    def _may_transfer_sql(self):
        """Return the condition that a reconciliation may be across blocks; few are."""
        if self.run.grouping == "address":
            return SQL("TRUE")
        return SQL(
            "(debit.partner_id, debit.currency_id)"
            " IS DISTINCT FROM (credit.partner_id, credit.currency_id)"
        )

    def matched_sql(self, first, last):
        """Return the items of the reconciliations of a period that may be transfers."""
        touched = SQL(
            """(WITH part AS (
                SELECT debit_move_id, credit_move_id
                  FROM %s AS part
                  JOIN account_move_line AS debit ON debit.id = part.debit_move_id
                  JOIN account_move_line AS credit ON credit.id = part.credit_move_id
                 WHERE part.max_date BETWEEN %s AND %s AND %s)
               SELECT debit_move_id AS id FROM part
                UNION SELECT credit_move_id FROM part)""",
            self.partials_sql(),
            first,
            last,
            self._may_transfer_sql(),
        )
        on = SQL("touched.id = account_move_line.id")
        domain = self.whole_domain(last)
        return self._item_sql(
            self._line_sql(domain, joins=[("JOIN", "touched", touched, on)])
        )

    def partials_sql(self):
        """Return the reconciliations that count, as a table for a FROM clause."""
        if not self.contacts:
            return counted_sql()
        # Both sides of an OR, so that each is found by an index.
        return SQL(
            "(SELECT * FROM %s AS part WHERE id = ANY(ARRAY(%s)))",
            counted_sql(),
            SQL(" UNION ").join(
                SQL(
                    """SELECT part.id FROM account_move_line AS side
                         JOIN account_partial_reconcile AS part ON %s = side.id
                        WHERE side.partner_id = ANY(%s)
                          AND side.account_id = ANY(%s)""",
                    SQL.identifier("part", column),
                    self.contacts,
                    self.accounts.ids,
                )
                for column in ("debit_move_id", "credit_move_id")
            ),
        )

    def crossing_sql(self, day):
        """Return rows (account_id, amount): what items of the customers were settled
        by items of others as of a day, in company currency. No row if all are read."""
        if not self.contacts:
            return SQL("SELECT 0 AS account_id, 0::numeric AS amount WHERE FALSE")
        return SQL(
            """SELECT side.account_id, SUM(side.amount) AS amount
                 FROM %s AS part
                 JOIN account_move_line AS debit ON debit.id = part.debit_move_id
                 JOIN account_move_line AS credit ON credit.id = part.credit_move_id
                CROSS JOIN LATERAL (VALUES
                    (debit.account_id, debit.partner_id, part.amount),
                    (credit.account_id, credit.partner_id, -part.amount)
                ) AS side (account_id, partner_id, amount)
                WHERE part.max_date <= %s AND side.partner_id = ANY(%s)
                GROUP BY side.account_id""",
            self.partials_sql(),
            day,
            self.contacts,
        )

    def ledger_sql(self, day):
        """Return the balance of each account as of a day, from all entries."""
        query = self.items._search(self.domain(day), active_test=False)
        return SQL(
            "SELECT account_id, SUM(balance) AS balance"
            " FROM (%s) AS entry GROUP BY account_id",
            query.select(
                *(
                    SQL.identifier("account_move_line", name)
                    for name in ("account_id", "balance")
                )
            ),
        )

    def customers_sql(self):
        """Return the selected customers, or None if all are."""
        partners = self.env["res.partner"].with_context(active_test=False)
        if self.run.include == "chosen":
            selected = self.run.partner_ids
            if self.run.grouping == "customer":
                selected = selected.commercial_partner_id
            return partners._search([("id", "in", selected.ids)]).subselect()
        if self.run.include == "domain":
            return self.run._customers_query(partners).subselect()
        return None

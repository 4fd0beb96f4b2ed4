from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

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

    Everything is asked with the rights of the caller: a journal item that they may not
    read is on no statement of theirs. `rules.statement` says what the figures mean.
    """

    def __init__(self, run):
        self.run = run
        self.companies = self._companies(run)
        self.env = run.env(
            context={**run.env.context, "allowed_company_ids": self.companies.ids}
        )
        self.items = self.env["account.move.line"]
        self.items.check_access("read")
        self.accounts = self._accounts()

    def _companies(self, run):
        """The company with its branches.

        :raises UserError: the caller may not work in one of them
        """
        # sudo: names of companies, to say which one is missing.
        all_of_it = run.company_id.sudo()
        all_of_it = all_of_it.search([("id", "child_of", all_of_it.id)])
        if missing := all_of_it - run.env.user.company_ids.sudo():
            raise UserError(
                run.env._(
                    "%(run)s: the statements would leave out %(companies)s, where you "
                    "do not work. Ask somebody who does.",
                    run=run.name,
                    companies=", ".join(missing.mapped("name")),
                )
            )
        return all_of_it.with_env(run.env)

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

    def domain(self, last):
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
        """Who is sent what a journal item is about."""
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
        """Journal items of a domain, with what `_item_sql` makes its columns of."""
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
        """Journal items with the columns that every question needs.

        :param lines: SQL of the items, as `_line_sql` makes it
        :param more: names of other columns that it has
        :param entries: condition that their entries meet, to read those at one go
        :param brief: whose and of which account they are is enough
        """
        own = ("account_id", "company_id")
        columns = [SQL("%s AS customer", self._customer_sql())]
        if not brief:
            own = ("id", "move_id", *own, "currency_id", "date")
            columns += self._entry_columns()
        names = [SQL.identifier("account_move_line", name) for name in own]
        more = [SQL.identifier("account_move_line", name) for name in more]
        return SQL(
            "WITH line AS (%s)%s SELECT %s FROM line AS account_move_line %s",
            lines,
            self._entry_sql(entries) if entries else SQL(),
            SQL(", ").join([*names, *columns, *more]),
            SQL(" ").join(self._own_joins(bool(entries), brief)),
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

    def _own_joins(self, apart, brief):
        """What the columns are taken from.

        Each item has its entry. Joined as if it might have none, PostgreSQL does not
        take its guess of how many entries there are for the number of items.

        :param apart: the entries were read apart
        """
        yield SQL(
            "LEFT JOIN res_partner AS partner"
            " ON partner.id = account_move_line.partner_id"
        )
        if self._has_entries(brief):
            yield SQL(
                "LEFT JOIN %s AS move ON move.id = account_move_line.move_id",
                SQL.identifier("entry" if apart else "account_move"),
            )
        if not brief:
            yield SQL(
                "JOIN account_journal AS journal"
                " ON journal.id = account_move_line.journal_id"
            )

    # Questions

    def open_sql(self, day, brief=False):
        """What is open at the end of a day: today's residual, and what was settled
        later. Items settled later are few, so this is quick for any recent day.

        Asked apart, what is not settled to this day is found by its partial index;
        what is settled, by the array of what was settled later, in the table's order.
        """
        lines = SQL(
            """WITH part AS (
                SELECT * FROM account_partial_reconcile WHERE max_date > %(day)s),
            later AS (
                SELECT line_id, SUM(amount) AS amount, SUM(own) AS own FROM (
                    SELECT debit_move_id, amount, debit_amount_currency FROM part
                     UNION ALL
                    SELECT credit_move_id, -amount, -credit_amount_currency FROM part
                  ) AS side (line_id, amount, own) GROUP BY line_id)
            SELECT * FROM (%(unsettled)s UNION ALL %(settled)s) AS item
             WHERE open <> 0 OR open_company <> 0""",
            day=day,
            unsettled=self._open_line_sql(
                day, "LEFT JOIN", SQL("account_move_line.reconciled IS NOT TRUE")
            ),
            settled=self._open_line_sql(
                day,
                "JOIN",
                SQL(
                    "account_move_line.reconciled AND account_move_line.id"
                    " = ANY(ARRAY(SELECT line_id FROM later))"
                ),
            ),
        )
        # How many items are open PostgreSQL guesses far too high, and would read all
        # entries there are. Handed as an array, it looks up theirs, in their order.
        entries = (
            SQL("id = ANY(ARRAY(SELECT move_id FROM line))")
            if self._has_entries(brief)
            else None
        )
        return self._item_sql(
            lines, "open", "open_company", entries=entries, brief=brief
        )

    def _open_line_sql(self, day, kind, condition):
        """Items that meet a condition, with what was settled of them later."""
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
        """(id, amount) of what was open at a day, in company currency."""
        return SQL(
            "SELECT id, open_company AS amount FROM (%s) AS item", self.open_sql(day)
        )

    def movement_sql(self, first, last):
        """What moved from one day to another."""
        return SQL(
            "(%s) UNION ALL %s",
            self.moved_sql(first, last),
            self._transfer_sql(first, last),
        )

    def moved_sql(self, first, last):
        """Journal items from one day to another.

        Their entries have the same days. Asked apart, they are read at one go.
        """
        return self._item_sql(
            self._line_sql(self.domain(last) & Domain("date", ">=", first)),
            entries=SQL("date BETWEEN %s AND %s", first, last),
        )

    def _transfer_sql(self, first, last):
        """Matches of what is in different blocks: see `rules.statement.flows`."""
        return SQL(
            """SELECT side.id, credit.move_id, side.account_id, side.company_id,
                      side.currency_id, part.max_date, side.customer, credit.kind,
                      NULL::date, credit.number, credit.ref, side.own, side.home
                 FROM account_partial_reconcile AS part
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
            first,
            last,
        )

    def _may_transfer_sql(self):
        """Whether a match may be of different blocks; nearly all are not."""
        if self.run.grouping == "address":
            return SQL("TRUE")
        return SQL(
            "(debit.partner_id, debit.currency_id)"
            " IS DISTINCT FROM (credit.partner_id, credit.currency_id)"
        )

    def matched_sql(self, first, last):
        """The items of matches from one day to another that may be transfers."""
        touched = SQL(
            """(WITH part AS (
                SELECT debit_move_id, credit_move_id
                  FROM account_partial_reconcile AS part
                  JOIN account_move_line AS debit ON debit.id = part.debit_move_id
                  JOIN account_move_line AS credit ON credit.id = part.credit_move_id
                 WHERE part.max_date BETWEEN %s AND %s AND %s)
               SELECT debit_move_id AS id FROM part
                UNION SELECT credit_move_id FROM part)""",
            first,
            last,
            self._may_transfer_sql(),
        )
        on = SQL("touched.id = account_move_line.id")
        return self._item_sql(
            self._line_sql(self.domain(last), joins=[("JOIN", "touched", touched, on)])
        )

    def ledger_sql(self, day):
        """Balance of each account at the end of a day, from all entries."""
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
        """Partners among whom the run chooses; None where it takes all."""
        partners = self.env["res.partner"].with_context(active_test=False)
        if self.run.include == "chosen":
            chosen = self.run.partner_ids
            if self.run.grouping == "customer":
                chosen = chosen.commercial_partner_id
            return partners._search([("id", "in", chosen.ids)]).subselect()
        if self.run.include == "domain":
            return partners._search(self.run._customers_domain()).subselect()
        return None

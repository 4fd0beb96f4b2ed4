from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ...mixin.facts import Reason, facts
from ...mixin.matching import counted_sql, uncounted_sql
from .audit_test_source import (
    NothingToTestError,
    Outcome,
    exception_columns,
    figure,
)

MOVEMENTS = ("invoice", "credit", "payment", "adjustment", "exchange")


class ClerkAuditRun(models.Model):
    """Tests of balances: open items and movements against the ledger."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "ledger": self.env._("Receivables in the general ledger"),
            "open_items": self.env._("Open items"),
            "difference": self.env._("Difference"),
            "opening": self.env._("Open items at the start of the period"),
            "invoice": self.env._("Invoices"),
            "credit": self.env._("Credit notes"),
            "payment": self.env._("Receipts"),
            "adjustment": self.env._("Write-offs and other entries"),
            "exchange": self.env._("Exchange differences"),
            "closing": self.env._("Open items at the end of the period"),
            "in_credit": self.env._("Credit balances"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "residual": Reason(
                self.env._("Incorrect Residual Amount"),
                self.env._(
                    "The open amount is %(amount_open)s, but the original amount of "
                    "%(amount_entered)s less reconciliations of %(amount_matched)s is "
                    "%(amount_due)s."
                ),
            ),
            "matched_early": Reason(
                self.env._("Reconciled Too Early"),
                self.env._(
                    "Reconciled as of %(date_match)s with %(other)s of %(date_other)s "
                    "by %(amount_match)s, before both entries existed."
                ),
            ),
            "matched_draft": Reason(
                self.env._("Reconciled with Unposted Entry"),
                self.env._(
                    "%(amount_match)s is reconciled with %(other)s, which is not "
                    "posted: Odoo shows it as settled, but it is open."
                ),
            ),
            "roll": Reason(
                self.env._("Balance Does Not Roll Forward"),
                self.env._(
                    "Account %(account)s: the opening balance of %(amount_opening)s "
                    "and movements of %(amount_moved)s add up to %(amount_expected)s, "
                    "but the closing balance is %(amount_closing)s."
                ),
            ),
            "in_credit": Reason(
                self.env._("Customer with Credit Balance"),
                self.env._(
                    "Credit balance of %(amount_credit)s (number of entries: "
                    "%(count)s)."
                ),
            ),
        }

    # TIE

    def _test_tie(self, ledger):
        """Reconcile open items with the ledger: residual amounts agree with entries and
        reconciliations, and no reconciliation is dated before its entries or made with
        an entry that is not posted."""
        self._add_exceptions(self._wrong_residuals_sql(ledger))
        self._add_exceptions(self._early_matches_sql(ledger))
        self._add_exceptions(self._unposted_matches_sql(ledger))
        items = self._all_items_sql(ledger)
        count, total = ledger.totals(items, "balance")
        open_total = self._sum_open(ledger, ledger.last)
        return Outcome(
            count,
            total,
            [
                figure("ledger", "money", total),
                figure("open_items", "money", open_total),
                figure(
                    "difference", "money", ledger.currency.round(open_total - total)
                ),
            ],
        )

    def _all_items_sql(self, ledger):
        names = (
            "id",
            "move_id",
            "move_name",
            "partner_id",
            "date",
            "balance",
            "amount_residual",
        )
        query = ledger.items._search(ledger.domain(ledger.last), active_test=False)
        return query.select(
            *(SQL.identifier("account_move_line", name) for name in names)
        )

    def _sum_open(self, ledger, day):
        [[total]] = ledger.fetch(
            SQL(
                "SELECT COALESCE(SUM(open_company), 0) FROM (%s) AS open",
                ledger.open_sql(day),
            )
        )
        return ledger.currency.round(float(total))

    def _wrong_residuals_sql(self, ledger):
        due = SQL("item.balance - COALESCE(part.amount, 0)")
        return SQL(
            """SELECT %(columns)s FROM (%(items)s) AS item
                 LEFT JOIN (
                    SELECT line_id, SUM(amount) AS amount FROM (
                        SELECT debit_move_id AS line_id, amount
                          FROM account_partial_reconcile
                        UNION ALL
                        SELECT credit_move_id, -amount FROM account_partial_reconcile
                        ) AS side GROUP BY line_id
                    ) AS part ON part.line_id = item.id
                WHERE ABS(item.amount_residual - (%(due)s)) >= %(tolerance)s""",
            columns=exception_columns(
                "residual",
                res_model=SQL("'account.move.line'"),
                res_id=SQL("item.id"),
                move_id=SQL("item.move_id"),
                partner_id=SQL("item.partner_id"),
                date=SQL("item.date"),
                amount=SQL("item.amount_residual - (%s)", due),
                facts=facts(
                    amount_open=SQL("item.amount_residual"),
                    amount_entered=SQL("item.balance"),
                    amount_matched=SQL("COALESCE(part.amount, 0)"),
                    amount_due=due,
                ),
            ),
            items=self._all_items_sql(ledger),
            due=due,
            tolerance=ledger.tolerance(),
        )

    def _early_matches_sql(self, ledger):
        """Find reconciliations dated before the later of their two entries."""
        return SQL(
            """SELECT %(columns)s FROM (%(items)s) AS item
                 JOIN (
                    SELECT part.max_date, part.amount,
                           CASE WHEN debit.date < credit.date THEN debit.id
                                ELSE credit.id END AS earlier_id,
                           CASE WHEN debit.date < credit.date THEN credit.move_name
                                ELSE debit.move_name END AS other,
                           GREATEST(debit.date, credit.date) AS other_date
                      FROM %(partials)s AS part
                      JOIN account_move_line AS debit ON debit.id = part.debit_move_id
                      JOIN account_move_line AS credit
                        ON credit.id = part.credit_move_id
                     WHERE part.max_date < GREATEST(debit.date, credit.date)
                    ) AS early ON early.earlier_id = item.id""",
            columns=exception_columns(
                "matched_early",
                res_model=SQL("'account.move.line'"),
                res_id=SQL("item.id"),
                move_id=SQL("item.move_id"),
                partner_id=SQL("item.partner_id"),
                date=SQL("early.max_date"),
                amount=SQL("early.amount"),
                facts=facts(
                    date_match=SQL("early.max_date"),
                    other=SQL("early.other"),
                    date_other=SQL("early.other_date"),
                    amount_match=SQL("early.amount"),
                ),
            ),
            items=self._all_items_sql(ledger),
            partials=counted_sql(),
        )

    def _unposted_matches_sql(self, ledger):
        """Find posted items that are reconciled with entries that are not posted."""
        return SQL(
            """SELECT %(columns)s FROM (%(items)s) AS item
                 JOIN (SELECT debit_move_id AS line_id, credit_move_id AS other_id,
                              amount FROM %(partials)s AS debit
                        UNION ALL
                       SELECT credit_move_id, debit_move_id, amount
                         FROM %(partials)s AS credit) AS part ON part.line_id = item.id
                 JOIN account_move_line AS other ON other.id = part.other_id
                 JOIN account_move AS entry ON entry.id = other.move_id""",
            columns=exception_columns(
                "matched_draft",
                res_model=SQL("'account.move.line'"),
                res_id=SQL("item.id"),
                move_id=SQL("item.move_id"),
                partner_id=SQL("item.partner_id"),
                date=SQL("item.date"),
                amount=SQL("part.amount"),
                facts=facts(
                    other=SQL("COALESCE(NULLIF(entry.name, '/'), entry.id::text)"),
                    amount_match=SQL("part.amount"),
                ),
            ),
            items=self._all_items_sql(ledger),
            partials=uncounted_sql(),
        )

    # ROLL

    def _test_roll(self, ledger):
        """Roll forward each account: opening plus movements equals closing balance."""
        names = ("opening", *MOVEMENTS, "closing")
        rows = ledger.fetch(self._rolled_sql(ledger))
        if not any(any(row[3:]) for row in rows):
            raise NothingToTestError(ledger.empty())
        broken = [row for row in rows if self._is_broken(ledger, row)]
        if broken:
            self._add_exceptions(
                SQL(" UNION ALL ").join(map(self._unrolled_sql, broken))
            )
        sums = [sum(column) for column in list(zip(*rows, strict=True))[3:]]
        sums = [ledger.currency.round(float(total)) for total in sums]
        difference = ledger.currency.round(sum(sums[:-1]) - sums[-1])
        figures = [
            figure(name, "money", value)
            for name, value in zip(names, sums, strict=True)
        ]
        return Outcome(
            int(sum(row[2] for row in rows)),
            sums[-1],
            [*figures, figure("difference", "money", difference)],
        )

    def _is_broken(self, ledger, row):
        _account, _name, _count, opening, *movements, closing = row
        return abs(closing - opening - sum(movements)) >= ledger.tolerance()

    def _unrolled_sql(self, row):
        account, name, _count, opening, *movements, closing = row
        moved = sum(movements)
        return SQL(
            "SELECT %s",
            exception_columns(
                "roll",
                res_model=SQL("'account.account'"),
                res_id=SQL("%s", account),
                date=SQL("%s", self.audit_id.date_to),
                amount=SQL("%s", closing - opening - moved),
                facts=facts(
                    account=SQL("%s::text", name),
                    amount_opening=SQL("%s::numeric", opening),
                    amount_moved=SQL("%s::numeric", moved),
                    amount_expected=SQL("%s::numeric", opening + moved),
                    amount_closing=SQL("%s::numeric", closing),
                ),
            ),
        )

    def _rolled_sql(self, ledger):
        """Return SQL of each receivable account with its number of movements, opening
        balance, movements by kind and closing balance."""
        columns = SQL(", ").join(
            SQL(
                "COALESCE(SUM(amount_company) FILTER (WHERE kind = %s), 0) AS %s",
                kind,
                SQL.identifier(kind),
            )
            for kind in MOVEMENTS
        )
        sides = [
            SQL(
                "SELECT account_id, SUM(open_company) AS open FROM (%s) AS open_item"
                " GROUP BY account_id",
                ledger.open_sql(day),
            )
            for day in (ledger.first - timedelta(days=1), ledger.last)
        ]
        return SQL(
            """SELECT account.id,
                      COALESCE(account.name->>%(lang)s, account.name->>'en_US'),
                      COALESCE(moved.count, 0),
                      COALESCE(before.open, 0), %(names)s, COALESCE(after.open, 0)
                 FROM account_account AS account
                 LEFT JOIN (%(before)s) AS before ON before.account_id = account.id
                 LEFT JOIN (%(after)s) AS after ON after.account_id = account.id
                 LEFT JOIN (
                    SELECT account_id, COUNT(*) AS count, %(columns)s
                      FROM (%(entries)s) AS entry GROUP BY account_id
                    ) AS moved ON moved.account_id = account.id
                WHERE account.id IN %(accounts)s""",
            names=SQL(", ").join(
                SQL("COALESCE(moved.%s, 0)", SQL.identifier(kind)) for kind in MOVEMENTS
            ),
            lang=self.env.lang or "en_US",
            before=sides[0],
            after=sides[1],
            columns=columns,
            entries=ledger.moved_sql(ledger.first, ledger.last),
            accounts=ledger.accounts._ids,
        )

    # CREDITBAL

    def _test_creditbal(self, ledger):
        """Find customers with a credit balance at the end of the period."""
        rows = SQL(
            """SELECT item.customer, SUM(item.amount_company) AS amount,
                      COUNT(*) AS count, MAX(item.date) AS date
                 FROM (%s) AS item GROUP BY item.customer""",
            ledger._item_sql(ledger._line_sql(ledger.domain(ledger.last))),
        )
        count, total = ledger.totals(rows)
        minimum = max(ledger.tolerance(), self.amount)
        credit = SQL("amount <= -%s::numeric", minimum)
        self._add_exceptions(
            SQL(
                "SELECT %s FROM (%s) AS row WHERE %s",
                exception_columns(
                    "in_credit",
                    res_model=SQL("'res.partner'"),
                    res_id=SQL("customer"),
                    partner_id=SQL("customer"),
                    date=SQL("date"),
                    amount=SQL("-amount"),
                    facts=facts(count=SQL("count"), amount_credit=SQL("-amount")),
                ),
                rows,
                credit,
            )
        )
        [[credit_total]] = ledger.fetch(
            SQL(
                "SELECT COALESCE(-SUM(amount), 0) FROM clerk_audit_exception"
                " WHERE run_id = %s",
                self.id,
            )
        )
        return Outcome(
            count,
            total,
            [
                figure("ledger", "money", total),
                figure(
                    "in_credit", "money", ledger.currency.round(float(credit_total))
                ),
            ],
        )

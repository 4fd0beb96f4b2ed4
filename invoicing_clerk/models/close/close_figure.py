"""Queries of the tasks of a close list, one class each.

A query says which records it counts, as a domain where it can: the same domain opens
them. A module adds one by a class with these methods, a value of ``figure`` of
``clerk.close.task.type`` and of ``clerk.close.task``, and ``clerk.close._queries``.
"""

from datetime import datetime, time, timedelta

from dateutil.tz import UTC, gettz

from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.plural import plural
from ...rules.statement.statement_delivery import DELIVERED
from ..mixin.amount import amount_text
from ..statement.statement_source import StatementLedger

DOCUMENTS = ("out_invoice", "out_refund", "out_receipt")
# The browser gets the ids of at most so many journal items.
MOST_NAMED = 2000


class CloseLedger(StatementLedger):
    """The receivables of the companies of a list.

    The figures are the same for everybody: whoever can read the list has access to all
    of its companies.
    """

    def _companies(self, run):
        return run.included_company_ids


class Query:
    """Records that a task counts, of which none should be left."""

    model = "account.move"
    amount = "amount_total_signed"
    # Invoices and credit notes would cancel each other out.
    is_net = False
    # The figure is that of now, not that of the end of the month: in a closed month,
    # fewer records are no change.
    may_ease = True

    def domain(self, close):
        raise NotImplementedError

    def counted(self, env, count):
        """Return the number of records with their noun."""
        raise NotImplementedError

    def rows_sql(self, close):
        """Return rows (id, amount, is_open); one with the id 0 if the work of which
        the records tell was not done at all."""
        # sudo: see `CloseLedger`; count and amount are all that is shown.
        model = close.env[self.model].sudo().with_context(active_test=False)
        query = model._search(self.domain(close))
        amount = SQL("COALESCE(%s, 0)", SQL.identifier(model._table, self.amount))
        return query.select(
            SQL.identifier(model._table, "id"),
            amount if self.is_net else SQL("ABS(%s)", amount),
            SQL("TRUE"),
        )

    def missing_text(self, env):
        """Return the sentence for work that was not done at all."""
        return ""

    def text(self, task, figure):
        """Return a figure as a phrase."""
        env = task.env
        parts = [self.missing_text(env)] if figure.is_missing else []
        if figure.count:
            parts.append(
                env._(
                    "%(records)s of %(amount)s",
                    records=self.counted(env, figure.count),
                    amount=amount_text(task.currency_id, figure.amount),
                )
            )
        return ", ".join(parts) or env._("none")

    def action(self, task):
        """Return the action that opens the records."""
        return {
            "type": "ir.actions.act_window",
            "name": task.name,
            "res_model": self.model,
            "view_mode": "list,form",
            "views": self._views(task.env),
            "domain": list(self.domain(task.close_id)),
            "context": {"create": False},
        }

    def _views(self, env):
        if self.model != "account.move":
            return [(False, "list"), (False, "form")]
        return [
            (env.ref("account.view_out_invoice_tree").id, "list"),
            (False, "form"),
        ]


def _companies(close):
    return Domain("company_id", "in", close.included_company_ids.ids)


def _in_month(path, close):
    return Domain(path, ">=", close.date.replace(day=1)) & Domain(
        path, "<=", close.date
    )


def _out_of_month(path, close):
    return Domain(path, "<", close.date.replace(day=1)) | Domain(path, ">", close.date)


def _after_month(close):
    """Return the moment after the month, in the time zone of the company."""
    # sudo: only the time zone of the company.
    zone = gettz(close.company_id.sudo().partner_id.tz or "UTC") or UTC
    local = datetime.combine(close.date + timedelta(days=1), time(), zone)
    return local.astimezone(UTC).replace(tzinfo=None)


def _open_ageing(task):
    """Return the action that opens the aged receivables as of the end of the month."""
    close = task.close_id
    reports = task.env["clerk.ageing"]
    report = reports.create({"company_id": close.company_id.id, "date": close.date})
    report.action_compute()
    return report._form_action()


class DraftQuery(Query):
    """Drafts dated in the month, which would be posted after it."""

    def domain(self, close):
        undated = Domain("invoice_date", "=", False) & _in_month("date", close)
        return (
            _companies(close)
            & Domain("move_type", "in", DOCUMENTS)
            & Domain("state", "=", "draft")
            & (_in_month("invoice_date", close) | undated)
        )

    def counted(self, env, count):
        return plural(count, env._("%s draft", count), env._("%s drafts", count))


class UnsentQuery(Query):
    """Posted documents of the month that no customer has received."""

    def domain(self, close):
        return (
            _companies(close)
            & Domain("move_type", "in", ("out_invoice", "out_refund"))
            & Domain("state", "=", "posted")
            & _in_month("invoice_date", close)
            & Domain("is_move_sent", "=", False)
            & Domain("precedes_worklists", "=", False)
        )

    def counted(self, env, count):
        return plural(
            count,
            env._("%s unsent document", count),
            env._("%s unsent documents", count),
        )


class CutOffQuery(Query):
    """Documents that may belong to another month: entered after it, or invoiced or
    delivered in a month other than that of their entry."""

    may_ease = False

    def domain(self, close):
        elsewhere = _out_of_month("invoice_date", close)
        elsewhere |= _out_of_month("delivery_date", close)
        late = Domain("create_date", ">=", _after_month(close))
        own = _in_month("invoice_date", close) | _in_month("delivery_date", close)
        return (
            _companies(close)
            & Domain("move_type", "in", DOCUMENTS)
            & Domain("state", "=", "posted")
            & (
                (_in_month("date", close) & (late | elsewhere))
                | (_out_of_month("date", close) & own)
            )
        )

    def counted(self, env, count):
        return plural(
            count,
            env._("%s document to check", count),
            env._("%s documents to check", count),
        )


class UnappliedQuery(Query):
    """Payments and credits that were open at the end of the month.

    Items that are settled in their own currency are not listed: what is left of them
    is an exchange difference, which nobody can apply.
    """

    model = "account.move.line"
    may_ease = False

    def rows_sql(self, close):
        # sudo: see `CloseLedger`.
        ledger = CloseLedger(close.sudo())
        return SQL(
            "SELECT id, -open_company, TRUE FROM (%s) AS item WHERE open < 0",
            ledger.open_sql(close.date),
        )

    def domain(self, close):
        close.env.flush_all()
        rows = close.env.execute_query(self.rows_sql(close))
        return Domain("id", "in", [row[0] for row in rows])

    def action(self, task):
        """Open the items; the aged receivables where they are too many to name."""
        if task.current_count > MOST_NAMED:
            return _open_ageing(task)
        return super().action(task)

    def counted(self, env, count):
        return plural(
            count,
            env._("%s payment or credit", count),
            env._("%s payments and credits", count),
        )


class LedgerQuery(Query):
    """Receivable accounts, whose balance is to be that of their open items."""

    may_ease = False

    def rows_sql(self, close):
        # sudo: see `CloseLedger`.
        ledger = CloseLedger(close.sudo())
        return SQL(
            """SELECT account_id, balance,
                      ABS(balance - COALESCE(open_company, 0)) >= %(tolerance)s
                 FROM (%(ledger)s) AS account LEFT JOIN (
                    SELECT account_id, SUM(open_company) AS open_company
                      FROM (%(open)s) AS item GROUP BY account_id) AS side
                USING (account_id)""",
            tolerance=close.currency_id.rounding / 2,
            ledger=ledger.ledger_sql(close.date),
            open=ledger.open_sql(close.date, brief=True),
        )

    def text(self, task, figure):
        env, amount = task.env, amount_text(task.currency_id, figure.amount)
        if not figure.count:
            return env._("%s, agrees with the ledger", amount)
        return plural(
            figure.count,
            env._(
                "%(amount)s, %(count)s account differs",
                amount=amount,
                count=figure.count,
            ),
            env._(
                "%(amount)s, %(count)s accounts differ",
                amount=amount,
                count=figure.count,
            ),
        )

    def action(self, task):
        """Open the aged receivables as of the date, with their proof."""
        return _open_ageing(task)


class FindingQuery(Query):
    """Open findings of billing checks, which have to run after the month.

    Checks go on after a month is closed: what a payment of a later month shows is no
    finding of this one.
    """

    model = "clerk.billing.finding"
    amount = "amount_company"

    def domain(self, close):
        found = (
            _companies(close)
            & Domain("state", "=", "open")
            & Domain("move_id.state", "=", "posted")
            & _in_month("move_id.invoice_date", close)
        )
        if close.state == "open":
            return found
        return found & Domain("found_on", "<=", close.closed_on)

    def rows_sql(self, close):
        found = super().rows_sql(close)
        if self._has_run(close):
            return found
        return SQL("%s UNION ALL SELECT 0, 0, TRUE", found)

    def _has_run(self, close):
        """Return whether all documents of each company were checked after the month."""
        companies = close.included_company_ids.ids
        names = [f"clerk.billing.check,{company}" for company in companies]
        # sudo: moments, of nothing that the caller could not see.
        checkpoints = close.env["clerk.checkpoint"].sudo()
        done = checkpoints.search_count(
            [("name", "in", names), ("whole_on", ">=", _after_month(close))]
        )
        return done == len(names)

    def missing_text(self, env):
        return env._("checks not run")

    def counted(self, env, count):
        return plural(
            count,
            env._("%s open finding", count),
            env._("%s open findings", count),
        )


class StatementQuery(Query):
    """Statements of the monthly run that were not sent."""

    model = "clerk.statement"
    amount = "closing_company"
    is_net = True

    def _runs(self, close):
        """Return the monthly run of the company, with its branches, for everybody."""
        return (
            Domain("company_id", "=", close.company_id.id)
            & Domain("date", "=", close.date)
            & Domain("kind", "=", "monthly")
            & Domain("include", "=", "all")
            & Domain("state", "not in", ("draft", "cancelled"))
        )

    def domain(self, close):
        undelivered = Domain("delivery_state", "=", False)
        undelivered |= Domain("delivery_state", "not in", DELIVERED)
        return (
            Domain("run_id", "any", self._runs(close))
            & Domain("state", "=", "ready")
            & undelivered
        )

    def rows_sql(self, close):
        found = super().rows_sql(close)
        # sudo: see `CloseLedger`.
        runs = close.env["clerk.statement.run"].sudo()
        if runs.search_count(self._runs(close), limit=1):
            return found
        return SQL("%s UNION ALL SELECT 0, 0, TRUE", found)

    def missing_text(self, env):
        return env._("no statements")

    def counted(self, env, count):
        return plural(
            count,
            env._("%s unsent statement", count),
            env._("%s unsent statements", count),
        )


QUERIES = {
    "draft": DraftQuery(),
    "unsent": UnsentQuery(),
    "unapplied": UnappliedQuery(),
    "cut_off": CutOffQuery(),
    "ledger": LedgerQuery(),
    "finding": FindingQuery(),
    "statement": StatementQuery(),
}

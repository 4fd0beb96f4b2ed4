from dataclasses import dataclass, field

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...mixin.local_time import local_time_sql
from ...statement.statement_source import StatementLedger

SALES = ("out_invoice", "out_refund", "out_receipt")
# Columns of an exception that tests fill, with their database types.
EXCEPTION_COLUMNS = {
    "reason": "varchar",
    "res_model": "varchar",
    "res_id": "int",
    "move_id": "int",
    "partner_id": "int",
    "user_id": "int",
    "date": "date",
    "amount": "numeric",
    "facts": "jsonb",
}


class NothingToTestError(Exception):
    """The books do not contain what the test examines; the message says why."""


@dataclass
class Outcome:
    """The result of a test: number of records tested, control total, and figures."""

    count: int = 0
    amount: float = 0.0
    figures: list = field(default_factory=list)


def figure(key, kind, value, **more):
    """Return a figure of a result; ``_figure_labels`` has the label of its key.

    :param kind: ``money``, ``count``, ``share``, ``number`` or ``text``
    """
    value = float(value) if kind in ("money", "share", "number") else value
    return {"key": key, "kind": kind, "value": value, **more}


def exception_columns(reason, **columns):
    """Return the columns of exceptions as SQL, for the SELECT that finds them.

    :param reason: key of a reason, or SQL of one
    :param columns: SQL by name, of ``EXCEPTION_COLUMNS``
    """
    columns["reason"] = SQL("%s", reason) if isinstance(reason, str) else reason
    return SQL(", ").join(
        SQL("(%s)::%s AS %s", columns.get(name, SQL("NULL")), SQL(kind), SQL(name))
        for name, kind in EXCEPTION_COLUMNS.items()
    )


class AuditLedger(StatementLedger):
    """The books of the company of an engagement and its branches, as SQL.

    All queries respect the access rights of the user who runs the test. The user must
    have access to journal items of all these companies.
    """

    def __init__(self, run):
        super().__init__(run)
        self.audit = run.audit_id
        self.first, self.last = self.audit.date_from, self.audit.date_to
        self.currency = self.audit.currency_id
        self.zone = self.audit.company_id.partner_id.tz or "UTC"

    def _companies(self, run):
        """:raises UserError: the caller does not have access to a branch"""
        # sudo: only reads the names of companies that are missing.
        company = run.audit_id.company_id.sudo()
        branches = company.search([("id", "child_of", company.id)])
        if missing := branches - run.env.user.company_ids.sudo():
            raise UserError(
                run.env._(
                    "%(test)s needs %(companies)s, which you do not have access to. "
                    "Ask a user who has access to run it.",
                    test=run.test_id.display_name,
                    companies=", ".join(missing.mapped("name")),
                )
            )
        return branches.with_env(run.env)

    def _customer_sql(self):
        return SQL("partner.commercial_partner_id")

    def _kind_sql(self):
        """Return SQL of the kind, as on statements, with exchange differences apart."""
        return SQL(
            "CASE WHEN move.id IN (%s) THEN 'exchange' ELSE %s END",
            self.exchange_sql(),
            super()._kind_sql(),
        )

    def _due_sql(self):
        return SQL("COALESCE(account_move_line.date_maturity, account_move_line.date)")

    def exchange_sql(self):
        """Return SQL of the ids of automatic exchange difference entries."""
        return SQL(
            "SELECT exchange_move_id FROM account_partial_reconcile"
            " WHERE exchange_move_id IS NOT NULL"
        )

    def local_sql(self, column):
        """Return SQL of a UTC timestamp in the time zone of the company."""
        return local_time_sql(column, self.zone)

    def tolerance(self):
        """Return half of the smallest currency unit: anything less is no difference."""
        return self.currency.rounding / 2

    # Populations

    def period(self):
        """Return the domain of dates in the period."""
        return Domain("date", ">=", self.first) & Domain("date", "<=", self.last)

    def moves(self, domain=(), states=("posted",)):
        """Return a query of entries of the companies."""
        moves = self.env["account.move"]
        return moves._search(
            Domain("company_id", "in", self.companies.ids)
            & Domain("state", "in", states)
            & Domain(domain),
            active_test=False,
        )

    def moves_sql(self, domain=(), *more):
        """Return SQL of entries with the columns that tests need."""
        names = (
            "id",
            "name",
            "ref",
            "move_type",
            "state",
            "journal_id",
            "date",
            "invoice_date",
            "delivery_date",
            "commercial_partner_id",
            "currency_id",
            "amount_total",
            "amount_total_signed",
            "amount_untaxed_signed",
            "reversed_entry_id",
            "create_uid",
            "create_date",
        )
        return self.moves(domain).select(
            *(SQL.identifier("account_move", name) for name in names), *more
        )

    def sales(self, *more):
        """Return the domain of posted customer documents of the period."""
        return self.period() & Domain("move_type", "in", SALES) & Domain(list(more))

    def totals(self, rows, amount="amount", empty=None):
        """Return the number of rows of a query and the total of one of its columns.

        :param empty: the sentence that explains why there are no rows
        :raises NothingToTestError: there are no rows
        """
        [[count, total]] = self.fetch(
            SQL(
                "SELECT COUNT(*), COALESCE(SUM(%s), 0) FROM (%s) AS row",
                SQL.identifier(amount),
                rows,
            )
        )
        if not count:
            raise NothingToTestError(empty or self.empty())
        return count, self.currency.round(float(total))

    def empty(self):
        """Return the sentence for a period without anything to test."""
        return self.env._(
            "The books of %(company)s contain nothing to test from %(first)s to "
            "%(last)s.",
            company=self.audit.company_id.name,
            first=format_date(self.env, self.first),
            last=format_date(self.env, self.last),
        )

    def fetch(self, query):
        """Return the rows of a query."""
        return self.env.execute_query(query)

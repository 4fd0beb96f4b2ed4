from dataclasses import dataclass, field

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...statement.statement_source import StatementLedger

SALES = ("out_invoice", "out_refund", "out_receipt")
# Columns of an exception that a test finds, and what they hold.
COLUMNS = {
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
    """The books hold nothing that the test is about; the message says why."""


@dataclass
class Outcome:
    """What a test was about: how many records, their control total, and its figures."""

    count: int = 0
    amount: float = 0.0
    figures: list = field(default_factory=list)


def figure(key, kind, value, **more):
    """A figure of a result, as it is kept; its label is the key's.

    :param kind: ``money``, ``count``, ``share``, ``number`` or ``text``
    """
    value = float(value) if kind in ("money", "share", "number") else value
    return {"key": key, "kind": kind, "value": value, **more}


def found(reason, **columns):
    """The columns of an exception as SQL, for a SELECT that finds some."""
    columns["reason"] = SQL("%s", reason) if isinstance(reason, str) else reason
    return SQL(", ").join(
        SQL("(%s)::%s AS %s", columns.get(name, SQL("NULL")), SQL(kind), SQL(name))
        for name, kind in COLUMNS.items()
    )


def facts(**values):
    """What the words of an exception speak of, as SQL of a JSON object."""
    pairs = [SQL("%s, %s", key, value) for key, value in values.items()]
    return SQL("JSONB_BUILD_OBJECT(%s)", SQL(", ").join(pairs))


class AuditLedger(StatementLedger):
    """The books of the company of an engagement and its branches, as SQL.

    Everything is asked with the rights of whoever runs the test, and nothing before
    they were shown to read journal items of all these companies.
    """

    def __init__(self, run):
        super().__init__(run)
        self.audit = run.audit_id
        self.first, self.last = self.audit.date_from, self.audit.date_to
        self.currency = self.audit.currency_id
        self.zone = self.audit.company_id.partner_id.tz or "UTC"

    def _companies(self, run):
        """:raises UserError: the caller may not work in a branch of the company"""
        # sudo: names of companies, to say which one is missing.
        company = run.audit_id.company_id.sudo()
        all_of_it = company.search([("id", "child_of", company.id)])
        if missing := all_of_it - run.env.user.company_ids.sudo():
            raise UserError(
                run.env._(
                    "%(test)s would leave out %(companies)s, where you do not work. "
                    "Ask somebody who does.",
                    test=run.test_id.display_name,
                    companies=", ".join(missing.mapped("name")),
                )
            )
        return all_of_it.with_env(run.env)

    def _customer_sql(self):
        return SQL("partner.commercial_partner_id")

    def _kind_sql(self):
        """As on statements, and apart what exchange rates changed."""
        return SQL(
            "CASE WHEN move.id IN (%s) THEN 'exchange' ELSE %s END",
            self.exchange_sql(),
            super()._kind_sql(),
        )

    def _due_sql(self):
        return SQL("COALESCE(account_move_line.date_maturity, account_move_line.date)")

    def exchange_sql(self):
        """Entries that the program made of exchange differences."""
        return SQL(
            "SELECT exchange_move_id FROM account_partial_reconcile"
            " WHERE exchange_move_id IS NOT NULL"
        )

    def local_sql(self, column):
        """A moment as it is on the clock of the company."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)", column, self.zone)

    def tolerance(self):
        """Half of the smallest coin: what is less is no difference."""
        return self.currency.rounding / 2

    # Populations

    def period(self):
        return Domain("date", ">=", self.first) & Domain("date", "<=", self.last)

    def moves(self, domain=(), states=("posted",)):
        """Query of entries of the companies."""
        moves = self.env["account.move"]
        return moves._search(
            Domain("company_id", "in", self.companies.ids)
            & Domain("state", "in", states)
            & Domain(domain),
            active_test=False,
        )

    def moves_sql(self, domain=(), *more):
        """Entries with the columns that the tests of entries and documents need."""
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
        """Posted customer documents of the period, as a domain."""
        return self.period() & Domain("move_type", "in", SALES) & Domain(list(more))

    def totals(self, rows, amount="amount", empty=None):
        """How many rows some SQL finds, and the sum of a column of it.

        :param empty: the sentence that says why nothing is found
        :raises NothingToTestError: nothing is found
        """
        [[count, total]] = self.ask(
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
        """That the period holds nothing of what a test is about."""
        return self.env._(
            "The books of %(company)s hold nothing that this test is about from "
            "%(first)s to %(last)s, so it proves nothing.",
            company=self.audit.company_id.name,
            first=format_date(self.env, self.first),
            last=format_date(self.env, self.last),
        )

    def ask(self, question):
        return self.env.execute_query(question)

from typing import NamedTuple

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.filtered import UserFilterError

DOCUMENT_TYPES = ("out_invoice", "out_refund", "out_receipt")


class Subject(NamedTuple):
    """Records that the findings of a check are about, as SQL.

    A module whose checks are about other records than documents adds a value to
    ``subject`` of checks, the method ``_subject_<value>`` and a many2one with a unique
    index to findings.
    """

    # Columns of findings that name it; the first one is the record that it belongs to.
    columns: tuple
    # Target of ON CONFLICT: a unique index with the check and these columns.
    conflict: SQL
    # FROM with the records, and their id, company, customer, currency and rate.
    tables: SQL
    id: SQL
    company: SQL
    partner: SQL
    currency: SQL
    rate: SQL
    # The condition that a run covers them: findings there are closed.
    covered: SQL

    @property
    def key(self):
        return self.columns[0]


def found_columns(reason, move, facts, line=None, amount=None, company_amount=None):
    """Return the columns of what a check finds, for the SELECT that finds it.

    :param reason: key of a reason, or SQL of one
    :param move: SQL of the id of the document
    :param facts: SQL from `mixin.facts.facts`, with all that the sentence names
    :param line: SQL of the id of the invoice line, if it is about one
    :param amount: SQL of the effect in the currency of the document: positive if too
        much was billed, negative if too little
    :param company_amount: the same in company currency; by default converted at the
        rate of the document
    """
    reason = SQL("%s", reason) if isinstance(reason, str) else reason
    return SQL(
        "(%s)::varchar AS reason, (%s)::int AS move_id, (%s)::int AS move_line_id,"
        " (%s)::numeric AS amount, (%s)::numeric AS company_amount, %s AS facts",
        reason,
        move,
        line or SQL("NULL"),
        amount or SQL("0"),
        company_amount or SQL("NULL"),
        facts,
    )


class CheckedBooks:
    """The customer documents of a company that a check looks at, as SQL.

    Everything is read as superuser, for all who may see findings of the company: a
    finding says only what is known about the document that it is about.

    :param check: the check, as superuser
    :param moves: the documents to check; all posted ones by default
    """

    def __init__(self, check, company, moves=None):
        self.check = check
        self.company = company
        self.currency = company.currency_id
        self.env = (
            check.with_company(company)
            .with_context(allowed_company_ids=company.ids, active_test=False)
            .env
        )
        self.moves = moves
        self.today = fields.Date.context_today(check)
        self.tolerance = check.tolerance
        self.days = check.days

    def documents(self, domain=(), drafts=True):
        """Return SQL of the ids of documents to check.

        The filter of the check finds what its author may read.

        :param drafts: off if only posted documents can have such an error
        :raises UserFilterError: the filter of the check cannot be used
        """
        with_drafts = drafts and self.moves is not None
        scope = Domain("state", "in", ["posted", "draft"][: 1 + with_drafts])
        scope &= Domain("move_type", "in", DOCUMENT_TYPES)
        scope &= Domain("company_id", "=", self.company.id)
        if self.moves is not None:
            scope &= Domain("id", "in", self.moves.ids)
        return self.records(scope & Domain(domain))

    def records(self, domain=()):
        """Return SQL of the ids of records that the filter of the check finds.

        :raises UserFilterError: the filter of the check cannot be used
        """
        records = self._of_author(self.check.filtered_model)
        scope = self.check._read_filter(self.check.domain, records)
        return records._search(scope & Domain(domain)).subselect()

    def _of_author(self, model):
        """Return a model with the rights of the author of the filter.

        Without access to the company the author would find nothing, and all findings
        there would count as no longer found.

        :raises UserFilterError: the author may not read records of the company
        """
        records = self.check._as_author(self.env[model])
        if not records.env.su and self.company not in records.env.companies:
            raise UserFilterError(
                self.env._(
                    "%(user)s, who wrote the filter, has no access to %(company)s: "
                    "check the filter and save it again as a user of the company",
                    user=records.env.user.name,
                    company=self.company.name,
                )
            )
        return records

    def covered(self):
        """Return the condition on ``move`` that this run covers it."""
        if self.moves is not None:
            return SQL("move.id = ANY(%s)", self.moves.ids)
        return SQL("move.state <> 'draft'")

    def known(self, move, line=None):
        """Return whether the check found the same before, as SQL.

        Findings that compare a document with data of today keep up: they were right
        when they were found, whatever has been changed in the data since.
        """
        return SQL(
            """EXISTS (SELECT 1 FROM clerk_billing_finding AS known
                        WHERE known.check_id = %s AND known.move_id = %s
                          AND known.move_line_id IS NOT DISTINCT FROM %s
                          AND known.state <> 'gone')""",
            self.check.id,
            move,
            line or SQL("NULL"),
        )

    def partner_column(self, alias, name):
        """Return a field of customers that depends on the company, as SQL."""
        partners = self.env["res.partner"]
        return partners._field_to_sql(alias, name)

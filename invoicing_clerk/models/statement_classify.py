from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..rules import statement as rules


class StatementClassify(models.AbstractModel):
    """Says of each statement of a run whether it goes out, and what is odd about it."""

    _name = "clerk.statement.classify"
    _description = "Review of Statements"

    def _classify_statements(self, facts):
        """Let `rules.statement` judge, and write down what it said, at once.

        :param facts: a row for each statement, as `_facts_sql` tells
        """
        partners = self.env["res.partner"].browse(row["partner_id"] for row in facts)
        partners = partners.with_company(self.company_id)
        reached = set(partners._statement_reachable().ids)
        policy, verdicts = self._policy(), []
        for row, partner in zip(facts, partners, strict=True):
            suppression = rules.suppression(self._standing(row, partner), policy)
            odd = rules.exceptions(self._circumstances(row, partner, reached))
            verdicts.append((row, suppression, " ".join(odd)))
        self._write_verdicts(verdicts)

    def _policy(self):
        return rules.Policy(
            Decimal(str(self.minimum)), self.with_zero, self.with_credit
        )

    def _standing(self, row, partner):
        customer = partner.commercial_partner_id
        return rules.Standing(
            closings=tuple(row["closings"]),
            owed=row["closing_company"],
            has_open=row["has_open"],
            has_activity=row["has_activity"],
            stopped=self.kind != "request" and customer._is_statement_stopped(),
            due=self.kind != "monthly"
            or rules.is_due(customer.statement_frequency or "monthly", self.date),
            minimum=self._own_minimum(customer),
        )

    def _own_minimum(self, customer):
        """Whoever asks for a statement gets it, however little he owes."""
        if self.kind == "request":
            return Decimal(0)
        return Decimal(str(customer.statement_minimum)) or None

    def _circumstances(self, row, partner, reached):
        customer = partner.commercial_partner_id
        return rules.Circumstances(
            owed=row["closing_company"],
            previous=row["previous"],
            limit=Decimal(str(customer.credit_limit)),
            has_address=partner.id in reached,
            bounced=bool(partner.message_bounce),
            disputed=row["disputed"],
            unapplied=row["unapplied"],
        )

    def _write_verdicts(self, verdicts):
        """Write down what was judged, and seal what was computed."""
        self.env.execute_query(
            SQL(
                """UPDATE clerk_statement AS statement
                      SET state = CASE WHEN verdict.suppression = '' THEN 'ready'
                                       ELSE 'suppressed' END,
                          suppression = NULLIF(verdict.suppression, ''),
                          exception_codes = NULLIF(verdict.codes, ''),
                          has_exception = verdict.codes <> ''
                                          AND verdict.suppression = '',
                          previous_closing = verdict.previous,
                          content_hash = seal.hash
                     FROM UNNEST(%s::int[], %s::text[], %s::text[], %s::numeric[])
                       AS verdict (id, suppression, codes, previous)
                     JOIN (%s) AS seal ON seal.id = verdict.id
                    WHERE statement.id = verdict.id
                RETURNING statement.id""",
                [row["id"] for row, _suppression, _codes in verdicts],
                [suppression or "" for _row, suppression, _codes in verdicts],
                [codes for _row, _suppression, codes in verdicts],
                [row["previous"] for row, _suppression, _codes in verdicts],
                self._seals_sql(),
            )
        )
        self.env.invalidate_all()

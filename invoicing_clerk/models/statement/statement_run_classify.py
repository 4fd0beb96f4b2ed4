from decimal import Decimal

from odoo import models
from odoo.tools import SQL, format_amount

from ...rules.statement import statement as rules


class ClerkStatementRun(models.Model):
    """Says of each statement of a run whether it goes out, and what is odd about it."""

    _inherit = "clerk.statement.run"

    def _classify_statements(self, facts):
        """Let `rules.statement` judge, and write down what it said, at once.

        :param facts: a row for each statement, as `_facts_sql` tells
        """
        partners = self.env["res.partner"].browse(row["partner_id"] for row in facts)
        partners = partners.with_company(self.company_id)
        contacts = partners._statement_contacts()
        policy, verdicts = self._policy(), []
        for row, partner in zip(facts, partners, strict=True):
            suppression = rules.suppression(self._standing(row, partner), policy)
            odd = rules.exceptions(self._circumstances(row, partner, contacts[partner]))
            words = suppression and self._suppression_words(suppression, partner)
            verdicts.append((row, suppression, words, " ".join(odd)))
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

    def _suppression_words(self, suppression, partner):
        """The customer's own wish or the limit that keeps it back, in words."""
        customer = partner.commercial_partner_id
        if suppression == "stopped":
            return customer._statement_stop_words()
        if suppression == "frequency":
            labels = customer._fields["statement_frequency"]._description_selection(
                self.env
            )
            return dict(labels)[customer.statement_frequency]
        if suppression == "minimum":
            least = customer.statement_minimum or self.minimum
            return format_amount(self.env, least, self.currency_id)
        return None

    def _circumstances(self, row, partner, contacts):
        customer = partner.commercial_partner_id
        return rules.Circumstances(
            owed=row["closing_company"],
            previous=row["previous"],
            limit=Decimal(str(customer.credit_limit)),
            has_address=partner._is_statement_reachable(contacts, self.delivery_way),
            bounced=any(contacts.mapped("message_bounce")),
            disputed=row["disputed"],
            unapplied=row["unapplied"],
            again=row["again"],
        )

    def _write_verdicts(self, verdicts):
        """Write down what was judged, and seal what was computed."""
        ids = [row["id"] for row, *_verdict in verdicts]
        self.env.execute_query(
            SQL(
                """UPDATE clerk_statement AS statement
                      SET state = CASE WHEN verdict.suppression = '' THEN 'ready'
                                       ELSE 'suppressed' END,
                          suppression = NULLIF(verdict.suppression, ''),
                          suppression_words = verdict.words,
                          exception_codes = NULLIF(verdict.codes, ''),
                          has_exception = verdict.codes <> ''
                                          AND verdict.suppression = '',
                          previous_closing = verdict.previous,
                          content_hash = sealed.seal
                     FROM UNNEST(%s::int[], %s::text[], %s::text[], %s::text[],
                          %s::numeric[])
                       AS verdict (id, suppression, words, codes, previous)
                     JOIN (%s) AS sealed ON sealed.id = verdict.id
                    WHERE statement.id = verdict.id
                RETURNING statement.id""",
                ids,
                [suppression or "" for _row, suppression, *_rest in verdicts],
                [words or None for *_row, words, _codes in verdicts],
                [codes for *_row, codes in verdicts],
                [row["previous"] for row, *_verdict in verdicts],
                self.env["clerk.statement"].browse(ids)._seals_sql(),
            )
        )
        self.env.invalidate_all()

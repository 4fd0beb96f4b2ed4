from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ...rules.statement import statement as rules
from ..mixin.amount import amount_text


class ClerkStatementRun(models.Model):
    """Decides which statements are excluded, and what to review about the others."""

    _inherit = "clerk.statement.run"

    def _classify_statements(self, facts):
        """Classify statements by `rules.statement`, in one query for all of them.

        :param facts: a row for each statement, with the columns of `_facts_sql`
        """
        partners = self.env["res.partner"].browse(row["partner_id"] for row in facts)
        partners = partners.with_company(self.company_id)
        contacts = partners._statement_contacts()
        policy, results = self._policy(), []
        is_first = self._is_first_run()
        for row, partner in zip(facts, partners, strict=True):
            suppression = rules.suppression(self._standing(row, partner), policy)
            codes = rules.exceptions(
                self._circumstances(row, partner, contacts[partner], is_first)
            )
            details = suppression and self._suppression_details(suppression, partner)
            results.append((row, suppression, details, " ".join(codes)))
        self._write_classification(results)

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
            minimum=self._customer_minimum(customer),
        )

    def _customer_minimum(self, customer):
        """Return the minimum of a customer. Requested statements have none."""
        if self.kind == "request":
            return Decimal(0)
        return Decimal(str(customer.statement_minimum)) or None

    def _suppression_details(self, suppression, partner):
        """Return the preference or the limit for which a customer is excluded."""
        customer = partner.commercial_partner_id
        if suppression == "stopped":
            return customer._statement_stop_text()
        if suppression == "frequency":
            labels = customer._fields["statement_frequency"]._description_selection(
                self.env
            )
            return dict(labels)[customer.statement_frequency]
        if suppression == "minimum":
            minimum = customer.statement_minimum or self.minimum
            return amount_text(self.currency_id, minimum)
        return None

    def _is_first_run(self):
        """Return whether the company has sent no statements to its customers before.

        Runs for single customers do not count: after one of them, a first statement
        would still be nothing unusual.
        """
        return not self.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "<", self.date),
                ("kind", "!=", "request"),
                ("include", "!=", "chosen"),
                ("state", "in", ("sending", "done")),
            ],
            limit=1,
        )

    def _circumstances(self, row, partner, contacts, is_first):
        customer = partner.commercial_partner_id
        return rules.Circumstances(
            owed=row["closing_company"],
            previous=row["previous"],
            first_run=is_first,
            limit=Decimal(str(customer.credit_limit)),
            has_address=partner._is_statement_reachable(contacts, self.delivery_way),
            bad_address=self._has_bad_address(partner, contacts),
            bounced=any(contacts.mapped("message_bounce")),
            disputed=row["disputed"],
            unapplied=row["unapplied"],
            again=row["again"],
        )

    def _has_bad_address(self, partner, contacts):
        """Return whether a recipient has an email that cannot be mailed."""
        way = partner.commercial_partner_id.statement_delivery or self.delivery_way
        written = (contacts.filtered("email") or partner).filtered("email")
        return way in ("email", "portal") and bool(written - written._mailable())

    def _write_classification(self, results):
        """Write state and points to review, and seal the statements."""
        ids = [row["id"] for row, *_result in results]
        self.env.execute_query(
            SQL(
                """UPDATE clerk_statement AS statement
                      SET state = CASE WHEN result.suppression = '' THEN 'ready'
                                       ELSE 'suppressed' END,
                          suppression = NULLIF(result.suppression, ''),
                          suppression_details = result.details,
                          exception_codes = NULLIF(result.codes, ''),
                          has_exception = result.codes <> ''
                                          AND result.suppression = '',
                          previous_closing = result.previous,
                          content_hash = sealed.seal
                     FROM UNNEST(%s::int[], %s::text[], %s::text[], %s::text[],
                          %s::numeric[])
                       AS result (id, suppression, details, codes, previous)
                     JOIN (%s) AS sealed ON sealed.id = result.id
                    WHERE statement.id = result.id
                RETURNING statement.id""",
                ids,
                [suppression or "" for _row, suppression, *_rest in results],
                [details or None for *_row, details, _codes in results],
                [codes for *_row, codes in results],
                [row["previous"] for row, *_result in results],
                self.env["clerk.statement"].browse(ids)._seals_sql(),
            )
        )
        self.env.invalidate_all()

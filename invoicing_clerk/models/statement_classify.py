from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from ..rules import statement as rules


class StatementClassify(models.AbstractModel):
    """Says of each statement of a run whether it goes out, and what is odd about it."""

    _name = "clerk.statement.classify"
    _description = "Review of Statements"

    def _classify_statements(self):
        """Let `rules.statement` judge, and write down what it said, at once."""
        facts = self._statement_facts()
        partners = self.env["res.partner"].browse(row["partner_id"] for row in facts)
        partners = partners.with_company(self.company_id)
        reached = partners._statement_reachable()
        verdicts = []
        for row, partner in zip(facts, partners, strict=True):
            suppression = rules.suppression(
                self._standing(row, partner), self._policy()
            )
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
            minimum=Decimal(str(customer.statement_minimum)) or None,
        )

    def _circumstances(self, row, partner, reached):
        customer = partner.commercial_partner_id
        has_limit = customer.use_partner_credit_limit or customer.credit_limit
        return rules.Circumstances(
            owed=row["closing_company"],
            previous=row["previous"],
            limit=Decimal(str(customer.credit_limit if has_limit else 0)),
            has_address=partner in reached,
            bounced=bool(partner.message_bounce),
            disputed=row["disputed"],
            unapplied=row["unapplied"],
        )

    def _statement_facts(self):
        """What the ledger and the last statement say, a row for each customer."""
        self.env.cr.execute(
            SQL(
                """SELECT statement.id, statement.partner_id,
                          statement.closing_company::numeric AS closing_company,
                          COALESCE(ARRAY_AGG(balance.closing)
                              FILTER (WHERE balance.id IS NOT NULL), '{}') AS closings,
                          COALESCE(BOOL_OR(EXISTS (
                              SELECT 1 FROM clerk_statement_line AS line
                               WHERE line.statement_id = statement.id
                                 AND line.section = 'open' AND line.open_amount <> 0)),
                              FALSE) AS has_open,
                          COALESCE(BOOL_OR((balance.invoiced, balance.credited,
                              balance.paid, balance.adjusted) <> (0, 0, 0, 0)), FALSE)
                              AS has_activity,
                          COALESCE(BOOL_OR(balance.disputed > 0), FALSE) AS disputed,
                          COALESCE(BOOL_OR(balance.unapplied < 0), FALSE) AS unapplied,
                          previous.closing_company::numeric AS previous
                     FROM clerk_statement AS statement
                     LEFT JOIN clerk_statement_balance AS balance
                       ON balance.statement_id = statement.id
                     LEFT JOIN LATERAL (
                          SELECT earlier.closing_company
                            FROM clerk_statement AS earlier
                            JOIN clerk_statement_run AS run ON run.id = earlier.run_id
                           WHERE earlier.partner_id = statement.partner_id
                             AND earlier.company_id = statement.company_id
                             AND earlier.date < statement.date
                             AND earlier.state = 'ready'
                             AND run.state IN ('sending', 'done')
                           ORDER BY earlier.date DESC, earlier.id DESC LIMIT 1
                     ) AS previous ON TRUE
                    WHERE statement.run_id = %s
                    GROUP BY statement.id, previous.closing_company
                    ORDER BY statement.id""",
                self.id,
            )
        )
        return self.env.cr.dictfetchall()

    def _write_verdicts(self, verdicts):
        self.env.execute_query(
            SQL(
                """UPDATE clerk_statement AS statement
                      SET state = CASE WHEN verdict.suppression = '' THEN 'ready'
                                       ELSE 'suppressed' END,
                          suppression = NULLIF(verdict.suppression, ''),
                          exception_codes = NULLIF(verdict.codes, ''),
                          has_exception = verdict.codes <> ''
                                          AND verdict.suppression = '',
                          previous_closing = verdict.previous
                     FROM UNNEST(%s::int[], %s::text[], %s::text[], %s::numeric[])
                       AS verdict (id, suppression, codes, previous)
                    WHERE statement.id = verdict.id
                RETURNING statement.id""",
                [row["id"] for row, _suppression, _codes in verdicts],
                [suppression or "" for _row, suppression, _codes in verdicts],
                [codes for _row, _suppression, codes in verdicts],
                [row["previous"] for row, _suppression, _codes in verdicts],
            )
        )
        self.env.invalidate_all()


class StatementPreference(models.AbstractModel):
    """How a customer wants statements, kept on the commercial partner."""

    _name = "clerk.statement.preference"
    _description = "Statement Preferences"

    statement_type = fields.Selection(
        rules.TYPES, help="Empty: as the run that makes them."
    )
    statement_frequency = fields.Selection(rules.FREQUENCIES, default="monthly")
    statement_delivery = fields.Selection(
        [
            ("email", "By E-mail"),
            ("portal", "In the Portal"),
            ("print", "Printed"),
            ("post", "By Post"),
        ],
        string="Statements Go",
        default="email",
    )
    statement_lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Statement Language",
        help="Empty: the customer's own.",
    )
    statement_minimum = fields.Float(
        digits="Account",
        help="In the company's currency; who owes less gets none. 0: as the run says.",
    )
    statement_stop_reason = fields.Char(
        string="Statements Stopped Because", tracking=True
    )
    statement_stop_until = fields.Date(
        string="Stopped Until",
        tracking=True,
        help="The last day without statements. Empty: until the reason is removed.",
    )

    def _is_statement_stopped(self):
        self.ensure_one()
        until = self.statement_stop_until
        return bool(self.statement_stop_reason) and (
            not until or until >= fields.Date.context_today(self)
        )

    def _statement_contact(self):
        """Who gets it: the invoice address of the customer, with an e-mail of his."""
        self.ensure_one()
        address = self.address_get(["invoice"])["invoice"]
        return self.browse(address) if address else self

    def _statement_reachable(self):
        """Those of these customers whom their own way of delivery reaches."""
        return self.filtered(lambda partner: partner._is_statement_reachable())

    def _is_statement_reachable(self):
        way = self.commercial_partner_id.statement_delivery or "email"
        contact = self._statement_contact()
        if way == "email":
            return bool(contact.email or self.email)
        if way == "portal":
            return bool(self.user_ids or contact.user_ids)
        return bool(contact.street and contact.city)

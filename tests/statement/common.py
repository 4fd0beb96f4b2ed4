from datetime import date
from decimal import Decimal

from odoo.fields import Command

from odoo.addons.invoicing_clerk.rules.statement import statement as rules
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon

FIGURES = ("opening", "invoiced", "credited", "paid", "adjusted", "closing")


class StatementCommon(ClerkCommon):
    """Statement runs, and the same ledger in plain Python."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.no_tax = cls.env["account.tax"]

    def _run(self, day="2026-01-31", user=None, **values):
        runs = self.env["clerk.statement.run"].with_user(user or self.clerk)
        run = runs.create(
            {"date": day, "company_id": self.company_a.id, "with_zero": True, **values}
        )
        run.action_compute()
        return run

    def _statement(self, run, partner=None):
        partner = partner or self.partner_a
        return run.statement_ids.filtered(lambda each: each.partner_id == partner)

    def _balance(self, statement, currency=None):
        currency = currency or self.currency_a
        return statement.balance_ids.filtered(lambda each: each.currency_id == currency)

    def _figures(self, statement, currency=None):
        balance = self._balance(statement, currency)
        return tuple(balance[name] for name in FIGURES)

    def _open_names(self, statement):
        lines = statement.line_ids.filtered(
            lambda line: line.section == "open" and line.open_amount
        )
        return set(lines.mapped("name"))

    @classmethod
    def _entry(
        cls, amount, day, journal="bank", partner=None, currency=None, account=None
    ):
        """Post a journal entry on the receivable account; a debit is above zero.

        :return: its receivable line
        """
        currency = currency or cls.currency_a
        journal = cls.company_data[
            {"bank": "default_journal_bank", "misc": "default_journal_misc"}[journal]
        ]
        balance = currency._convert(
            amount, cls.currency_a, cls.company_a, date.fromisoformat(day)
        )
        sides = (
            (account or cls.receivable, 1),
            (cls.company_data["default_account_revenue"], -1),
        )
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": journal.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": each.id,
                            "partner_id": partner.id if partner else False,
                            "currency_id": currency.id,
                            "amount_currency": sign * amount,
                            "balance": sign * balance,
                        }
                    )
                    for each, sign in sides
                ],
            }
        )
        move.action_post()
        return move.line_ids.filtered(lambda line: line.account_id == sides[0][0])

    @classmethod
    def _receivable_lines(cls, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    # The ledger in plain Python

    def _ledger(self, partners):
        """Return entries and matches of customers for `rules.statement`."""
        lines = self.env["account.move.line"].search(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("company_id", "=", self.company_a.id),
                ("parent_state", "=", "posted"),
                ("partner_id", "in", partners.ids),
            ]
        )
        matches = (lines.matched_debit_ids | lines.matched_credit_ids).filtered(
            lambda match: (
                match.debit_move_id.parent_state == "posted"
                and match.credit_move_id.parent_state == "posted"
            )
        )
        return (
            [self._as_entry(line) for line in lines],
            [self._as_match(match) for match in matches],
        )

    def _as_entry(self, line):
        return rules.Entry(
            line.id,
            line.partner_id.commercial_partner_id.id,
            line.currency_id.id,
            line.date,
            self._exact(line.amount_currency),
            self._exact(line.balance),
            self._kind(line),
        )

    def _kind(self, line):
        if line.move_id.move_type in ("out_invoice", "out_receipt"):
            return "invoice"
        if line.move_id.move_type == "out_refund":
            return "credit"
        return "payment" if line.journal_id.type == "bank" else "adjustment"

    def _as_match(self, match):
        return rules.Match(
            match.debit_move_id.id,
            match.credit_move_id.id,
            match.max_date,
            self._exact(match.debit_amount_currency),
            self._exact(match.credit_amount_currency),
            self._exact(match.amount),
        )

    def _exact(self, amount):
        return Decimal(str(round(amount, 4))).normalize() + 0

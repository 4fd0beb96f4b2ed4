from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.bucket import bucket
from odoo.addons.invoicing_clerk.rules.statement import statement as rules
from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.statement.common import FIGURES
from odoo.addons.invoicing_clerk.tests.statement.random_ledger import (
    ACTS,
    DAYS,
    START,
    RandomLedger,
)

WINDOWS = st.lists(st.tuples(DAYS, DAYS).map(sorted), min_size=3, max_size=3)


@tagged("post_install", "-at_install")
class TestStatementInvariants(RandomLedger):
    """Statements of random ledgers agree with the rules in plain Python, and with the
    general ledger for any day.

    Payments and invoices are reset to draft and posted again in between: where their
    reconciliations went on to count, nearly every third ledger had an unproved run.
    """

    @property_of(20)
    @given(acts=ACTS, windows=WINDOWS)
    @example(
        acts=[
            ("invoice", 0, False, 100.0, START),
            ("payment", 0, False, 100.0, START + timedelta(days=3)),
            ("match", 0, 0),
            ("reset", 1),
        ],
        windows=[(START + timedelta(days=1), START + timedelta(days=4))],
    )
    def test_statement_is_the_plain_recomputation(self, acts, windows):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._check(acts, windows)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _check(self, acts, windows):
        self._follow(acts)
        ledger = self._ledger(self.customers)
        for first, day in windows:
            run = self._check_window(first, day, *ledger)
        for customer in self.customers:
            self._check_alone(run, customer)

    def _check_window(self, first, day, entries, matches):
        run = self._run(day, date_from=first, type="forward")
        self.assertTrue(run.is_proved, run.proof_ids.mapped("difference"))
        self._check_open(run, rules.open_items(entries, matches, day))
        before = rules.open_items(entries, matches, first - timedelta(days=1))
        self._check_blocks(run, entries, matches, before)
        self._check_forward(run)
        return run

    def _check_alone(self, run, customer):
        """A statement for one customer is read from that customer's items only."""
        alone = self._run(
            run.date,
            date_from=run.date_from,
            type="forward",
            kind="request",
            include="chosen",
            partner_ids=[Command.set(customer.ids)],
        )
        self.assertTrue(alone.is_proved, alone.proof_ids.mapped("difference"))
        together = run.statement_ids.filtered(lambda each: each.partner_id == customer)
        self.assertEqual(self._rows(alone.statement_ids), self._rows(together))

    def _rows(self, statements):
        lines = [
            (each.section, each.entry_id, each.date, each.open_amount, each.balance)
            for each in statements.line_ids
        ]
        balances = [
            (each.currency_id, *(each[name] for name in FIGURES), each.closing_company)
            for each in statements.balance_ids
        ]
        return lines, balances

    def _statements(self, run):
        return run.statement_ids.filtered(
            lambda each: each.partner_id in self.customers
        )

    def _check_open(self, run, expected):
        lines = self._statements(run).line_ids.filtered(
            lambda line: line.section == "open"
        )
        found = {
            line.entry_id: (
                self._exact(line.open_amount),
                self._exact(line.open_company),
            )
            for line in lines
        }
        self.assertEqual(found, expected)
        for line in lines:
            days = (run.date - line.due_date).days
            self.assertEqual(line.bucket, bucket(days, run.bucket_days))

    def _check_blocks(self, run, entries, matches, before):
        moved = rules.flows(entries, matches, run.date_from, run.date)
        owner = {entry.id: (entry.customer, entry.currency) for entry in entries}
        opening = {}
        for entry, (amount, _home) in before.items():
            opening[owner[entry]] = opening.get(owner[entry], 0) + amount
        for balance in self._statements(run).balance_ids:
            block = balance.statement_id.partner_id.id, balance.currency_id.id
            figures = moved.pop(block, {})
            figures["opening"] = opening.pop(block, 0)
            figures["closing"] = sum(figures.values())
            for name in FIGURES:
                self.assertEqual(
                    self._exact(balance[name]), figures.get(name, 0), (block, name)
                )
        self.assertFalse(any(any(figures.values()) for figures in moved.values()))
        self.assertFalse(any(opening.values()))

    def _check_forward(self, run):
        for balance in self._statements(run).balance_ids:
            lines = balance.statement_id.line_ids.filtered(
                lambda line, currency=balance.currency_id: line.currency_id == currency
            )
            moved = lines.filtered(lambda line: line.section == "movement").sorted("id")
            last = moved[-1].balance if moved else balance.opening
            self.assertAlmostEqual(last, balance.closing, 2)
            aged = sum(balance[f"bucket_{number}"] for number in range(6))
            self.assertAlmostEqual(aged + balance.unapplied, balance.closing, 2)

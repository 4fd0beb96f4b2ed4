from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.ageing.ageing_row import BUCKETS
from odoo.addons.invoicing_clerk.rules.statement import statement as rules
from odoo.addons.invoicing_clerk.tests.ageing.common import AgeingCommon
from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.statement.random_ledger import (
    ACTS,
    DAYS,
    START,
    RandomLedger,
)

FIGURES = (*BUCKETS[:6], "unapplied", "disputed", "promised")


@tagged("post_install", "-at_install")
class TestAgeingInvariants(RandomLedger, AgeingCommon):
    """Reports on random ledgers equal statements, the trial balance and the rules in
    plain Python, for any day."""

    @property_of(12)
    @given(
        acts=ACTS,
        days=st.lists(DAYS, min_size=2, max_size=3),
        basis=st.sampled_from(["due", "invoice"]),
    )
    @example(
        acts=[
            ("invoice", 0, True, 100.0, START),
            ("payment", 0, False, 50.0, START + timedelta(days=3)),
            ("match", 0, 0),
            ("reset", 1),
        ],
        days=[START, START + timedelta(days=4)],
        basis="due",
    )
    def test_report_equals_statements_and_ledger(self, acts, days, basis):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._follow(acts)
                for day in days:
                    self._check_day(day, basis)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _check_day(self, day, basis):
        has_entries = self.env["account.move.line"].search_count(
            [
                ("account_id", "=", self.receivable.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ],
            limit=1,
        )
        if not has_entries:
            return
        report = self._report(day, ageing_basis=basis, bucket_days=2)
        self._check_sums(report)
        self._check_trial_balance(report)
        self._check_statements(report)
        self._check_rules(report)

    def _check_sums(self, report):
        for row in report.row_ids:
            aged = sum(self._exact(row[name]) for name in BUCKETS)
            unapplied, balance = map(self._exact, (row.unapplied, row.balance))
            self.assertEqual(aged + unapplied, balance)
            names = (*BUCKETS, "unapplied", "exchange")
            parts = sum(self._exact(row[f"{name}_company"]) for name in names)
            self.assertEqual(parts, self._exact(row.balance_company))

    def _check_trial_balance(self, report):
        self.assertTrue(report.is_proved, report.proof_ids.mapped("difference"))
        [[ledger]] = self.env["account.move.line"]._read_group(
            [
                ("account_id.account_type", "=", "asset_receivable"),
                ("company_id", "=", self.company_a.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", report.date),
            ],
            [],
            ["balance:sum"],
        )
        self.assertEqual(self._exact(report.balance), self._exact(ledger))

    def _check_statements(self, report):
        run = self._run(report.date, ageing_basis=report.ageing_basis, bucket_days=2)
        blocks = {
            (each.statement_id.partner_id, each.currency_id): [
                self._exact(each[name]) for name in ("closing", *FIGURES)
            ]
            for each in run.statement_ids.balance_ids
        }
        rows = {
            (row.partner_id, row.currency_id): [
                self._exact(row[name]) for name in ("balance", *FIGURES)
            ]
            for row in report.row_ids
        }
        owed = {block: amounts for block, amounts in blocks.items() if any(amounts)}
        aged = {block: amounts for block, amounts in rows.items() if any(amounts)}
        self.assertEqual(aged, owed)

    def _check_rules(self, report):
        entries, matches = self._ledger(self.customers)
        expected = sum(
            home
            for _own, home in rules.open_items(entries, matches, report.date).values()
        )
        rows = report.row_ids.filtered(lambda row: row.partner_id in self.customers)
        self.assertEqual(
            sum(self._exact(row.balance_company) for row in rows), expected
        )

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from hypothesis import event, example, given

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.receivable.common import (
    ACTS,
    TODAY,
    ReceivableCommon,
    exact,
)
from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon

EARLY = "2025-12-31"


@tagged("post_install", "-at_install")
class TestStatementAgreement(ReceivableCommon, StatementCommon):
    """Statements, balances and lists agree on disputed and promised amounts."""

    @property_of(12)
    @given(acts=ACTS)
    # Both overdue instalments are promised; then the first one is disputed.
    @example(
        acts=[
            ("instalments", "partner_a", False, False, 100.0, EARLY),
            ("promise", "partner_a", False, False, 90.0, EARLY),
            ("dispute", "partner_a", False, False, 40.0, EARLY),
        ]
    )
    # A claim to have been billed too little reduces the other one.
    @example(
        acts=[
            ("invoice", "partner_a", False, False, 100.0, EARLY),
            ("dispute", "partner_a", False, False, 60.0, EARLY),
            ("underbilled", "partner_a", False, False, 200.0, EARLY),
        ]
    )
    # The promised amount is paid, and the promise is not judged yet.
    @example(
        acts=[
            ("invoice", "partner_a", False, False, 100.0, EARLY),
            ("promise", "partner_a", False, False, 60.0, EARLY),
            ("pay", "partner_a", False, False, 60.0, EARLY),
        ]
    )
    def test_statement_balance_and_lists_agree(self, acts):
        self._undone(self._agree, acts)

    def _agree(self, acts):
        self._follow(acts)
        run = self._run(TODAY)
        by_invoice_date = self._run(TODAY, ageing_basis="invoice")
        self.receivables._before_refresh()
        for row in self.receivables.search([("company_id", "=", self.company_a.id)]):
            statement = self._statement(run, row.partner_id)
            self._compare_to_balance(statement, row)
            self._compare_to_blocks(statement)
            self._compare_to_lists(statement)
            other = self._statement(by_invoice_date, row.partner_id)
            self.assertEqual(self._amounts(statement), self._amounts(other))
            event(f"disputed: {bool(row.disputed)}, promised: {bool(row.promised)}")

    def _open_lines(self, statement):
        return statement.line_ids.filtered(lambda line: line.section == "open")

    def _amounts(self, statement):
        return {
            line.entry_id: (line.disputed, line.promised)
            for line in self._open_lines(statement)
        }

    def _compare_to_balance(self, statement, row):
        found = Counter()
        for line in self._open_lines(statement):
            marked = line.disputed + line.promised
            open_amount = max(line.open_amount, 0)
            self.assertLessEqual(exact(marked), exact(open_amount), line.name)
            if line.open_company > 0 and line.days_overdue > 0:
                for name in ("disputed", "promised"):
                    found[name] += self._in_company_currency(line, line[name])
        for name in ("disputed", "promised"):
            self.assertEqual(exact(row[name]), found[name], name)

    def _in_company_currency(self, line, amount):
        rated = exact(line.open_company) * exact(amount) / exact(line.open_amount)
        return rated.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def _compare_to_blocks(self, statement):
        for block in statement.balance_ids:
            lines = self._open_lines(statement).filtered(
                lambda line, block=block: line.currency_id == block.currency_id
            )
            for name in ("disputed", "promised"):
                self.assertEqual(
                    exact(block[name]), sum(map(exact, lines.mapped(name))), name
                )

    def _compare_to_lists(self, statement):
        lines = self._open_lines(statement).with_user(self.clerk)
        for name, in_list in (
            ("disputed", "has_open_billing_error"),
            ("promised", "is_promised"),
        ):
            moves = lines.filtered(name).move_id
            listed = moves.search([(in_list, "=", True)])
            self.assertFalse(moves - listed, in_list)
            self.assertEqual(moves.mapped(in_list), [True] * len(moves))

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules import statement as rules
from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.statement_common import FIGURES, StatementCommon

START = date(2026, 1, 1)
DAYS = st.integers(0, 89).map(lambda number: START + timedelta(days=number))
CENTS = st.integers(1, 50000).map(lambda cents: cents / 100)

ACTS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["invoice", "credit", "payment", "entry"]),
            st.integers(0, 1),
            st.booleans(),
            CENTS,
            DAYS,
        ),
        st.tuples(st.just("match"), st.integers(0, 7), st.integers(0, 7)),
        st.tuples(st.just("unmatch"), st.integers(0, 7)),
    ),
    min_size=1,
    max_size=12,
)


@tagged("post_install", "-at_install")
class TestStatementInvariants(StatementCommon):
    """Statements of any ledger are what plain Python says, one customer at a time."""

    @property_of(40)
    @given(acts=ACTS, day=DAYS, length=st.integers(0, 60))
    def test_statement_is_the_plain_recomputation(self, acts, day, length):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._check(acts, day, day - timedelta(days=length))
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _check(self, acts, day, first):
        self.customers = self.env["res.partner"].create(
            [{"name": "First"}, {"name": "Second"}]
        )
        self.lines = self.env["account.move.line"]
        for act, *words in acts:
            getattr(self, f"_act_{act}")(*words)
        entries, matches = self._ledger(self.customers)
        run = self._run(day, date_from=first, type="forward")
        self.assertTrue(run.is_proved, run.proof_ids.mapped("difference"))
        self._check_open(run, rules.open_items(entries, matches, day))
        before = rules.open_items(entries, matches, first - timedelta(days=1))
        self._check_blocks(run, entries, matches, before)
        self._check_forward(run)

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

    # Acts

    def _act_invoice(self, customer, foreign, amount, day, move_type="out_invoice"):
        move = self._posted(
            (1, amount),
            move_type=move_type,
            partner=self.customers[customer],
            currency=self.foreign_currency if foreign else self.currency_a,
            taxes=self.no_tax,
            invoice_date=day,
        )
        self.lines |= self._receivable_lines(move)

    def _act_credit(self, customer, foreign, amount, day):
        self._act_invoice(customer, foreign, amount, day, move_type="out_refund")

    def _act_payment(self, customer, foreign, amount, day, sign=-1, journal="bank"):
        self.lines |= self._entry(
            sign * amount,
            day.isoformat(),
            journal,
            self.customers[customer],
            self.foreign_currency if foreign else self.currency_a,
        )

    def _act_entry(self, customer, foreign, amount, day):
        self._act_payment(customer, foreign, amount, day, 1, "misc")

    def _act_match(self, first, second):
        lines = self.lines.filtered(lambda line: not line.reconciled)
        pair = lines[first : first + 1] | lines[second : second + 1]
        if len(pair) == 2 and pair[0].balance * pair[1].balance < 0:
            pair.reconcile()

    def _act_unmatch(self, index):
        self.lines[index : index + 1].remove_move_reconcile()

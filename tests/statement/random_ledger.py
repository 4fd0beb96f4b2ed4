from datetime import date, timedelta

from hypothesis import event
from hypothesis import strategies as st

from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon

START = date(2026, 1, 1)
# Few days, so that windows and matches often meet.
DAYS = st.integers(0, 6).map(lambda number: START + timedelta(days=number))
CENTS = st.integers(1, 50000).map(lambda cents: cents / 100)

MAKING = st.tuples(
    st.sampled_from(["invoice", "credit", "payment", "payment", "entry"]),
    st.integers(0, 1),
    st.booleans(),
    CENTS,
    DAYS,
)
SETTLING = st.one_of(
    st.tuples(st.just("match"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("match"), st.integers(0, 9), st.integers(0, 9)),
    st.tuples(st.just("unmatch"), st.integers(0, 9)),
    st.tuples(st.just("reset"), st.integers(0, 9)),
    st.tuples(st.just("repost"), st.integers(0, 9)),
)
ACTS = st.tuples(
    st.lists(MAKING, min_size=2, max_size=7), st.lists(SETTLING, max_size=8)
).map(lambda made_and_settled: [*made_and_settled[0], *made_and_settled[1]])


class RandomLedger(StatementCommon):
    """Random invoices, payments and reconciliations of two customers.

    Entries are reset to draft and posted again in between.
    """

    def _follow(self, acts):
        self.customers = self.env["res.partner"].create(
            [{"name": "First"}, {"name": "Second"}]
        )
        self.lines = self.env["account.move.line"]
        for act, *words in acts:
            getattr(self, f"_act_{act}")(*words)

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

    def _act_match(self, debit, credit):
        """Settle one of the open debits with one of the open credits, if any."""
        is_open = self.lines.filtered(lambda line: not line.reconciled)
        debits = is_open.filtered(lambda line: line.balance > 0)
        credits = is_open - debits
        if debits and credits:
            pair = debits[debit % len(debits)] | credits[credit % len(credits)]
            event("across blocks" if self._is_across(pair) else "within a block")
            pair.reconcile()

    def _is_across(self, pair):
        return len(pair.partner_id) > 1 or len(pair.currency_id) > 1

    def _act_reset(self, index):
        """Reset an entry to draft, with what is reconciled with it."""
        line = self.lines[index % len(self.lines)]
        if line.parent_state == "posted":
            event(f"reset, reconciled: {bool(line.matching_number)}")
            line.move_id.button_draft()

    def _act_repost(self, index):
        drafts = self.lines.filtered(lambda line: line.parent_state == "draft")
        if drafts:
            event("reposted")
            drafts[index % len(drafts)].move_id.action_post()

    def _act_unmatch(self, index):
        self.lines[index % len(self.lines)].remove_move_reconcile()

from hypothesis import event, example, given
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon
from odoo.addons.invoicing_clerk.tests.properties import property_of

DAYS = st.integers(-14, -1)
WHICH = st.integers(0, 5)
# What happens to invoices, payments, notes and promises between two judgements.
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), WHICH, DAYS),
        st.tuples(st.just("credit"), WHICH, DAYS),
        st.tuples(st.just("move_payment"), WHICH, WHICH),
        st.tuples(st.just("unreconcile"), WHICH, st.none()),
        st.tuples(st.just("reset_payment"), WHICH, st.none()),
        st.tuples(st.just("redate_payment"), WHICH, DAYS),
        st.tuples(st.just("delete_payment"), WHICH, st.none()),
        st.tuples(st.just("reject"), WHICH, st.none()),
        st.tuples(st.just("accept"), WHICH, st.none()),
        st.tuples(st.just("return"), WHICH, st.none()),
        st.tuples(st.just("reset_return"), WHICH, st.none()),
        st.tuples(st.just("reset_invoice"), WHICH, st.none()),
        st.tuples(st.just("post_again"), WHICH, st.none()),
        st.tuples(st.just("renumber"), WHICH, st.none()),
        st.tuples(st.just("delete_invoice"), WHICH, st.none()),
        st.tuples(st.just("bank_account"), st.none(), st.none()),
        st.tuples(st.just("promise"), WHICH, st.integers(-13, 3)),
        st.tuples(st.just("judge"), st.none(), st.none()),
    ),
    min_size=1,
    max_size=10,
)


@tagged("post_install", "-at_install")
class TestPromiseTouched(PromiseCommon):
    """Judging what was touched finds what judging all promises finds."""

    def setUp(self):
        super().setUp()
        self.checkpoint = self.env["clerk.checkpoint"].sudo()
        self.all = self.env["clerk.promise"].sudo()

    def _run(self):
        """Run the scheduled action, and let an hour pass."""
        self.env.flush_all()
        with self.enter_registry_test_mode():
            cron = self.env.ref("invoicing_clerk.ir_cron_judge_promises").sudo()
            cron.method_direct_trigger()
        self._age()

    def _age(self):
        """Make what has been written so far older than the checkpoint.

        A test has one transaction, and with it one moment for all that it writes.
        """
        self.env.flush_all()
        self._sql(
            "clerk_checkpoint",
            "read_up_to = DATE_TRUNC('second', NOW() AT TIME ZONE 'UTC')",
        )
        for table in (
            "account_move",
            "account_payment",
            "account_partial_reconcile",
            "account_journal",
            "account_account",
            "clerk_promise",
        ):
            self._sql(table, "write_date = write_date - INTERVAL '1 hour'")
        self.env.invalidate_all()

    def _sql(self, table, change):
        self.env.cr.execute(SQL("UPDATE %s SET %s", SQL.identifier(table), SQL(change)))

    def test_nothing_written_is_nothing_judged(self):
        """Would have caught: each promise ever judged was judged again every quarter
        of an hour, with its payments."""
        kept, broken = self._judged(-9), self._judged(None)
        self._run()
        self.assertEqual((kept.state, broken.state), ("kept", "broken"))
        self.assertFalse({*kept.ids, *broken.ids}.intersection(self.all._touched()))

    def test_what_is_open_is_judged_by_the_clock(self):
        promise = self._promise(self._untaxed(), date=self._day(1))
        self._run()
        self.assertIn(promise.id, self.all._touched())

    def test_all_of_a_plan_are_judged_with_one(self):
        """The money of a plan is shared in the order of its days."""
        invoice = self._untaxed(300.0)
        parts = [(self._day(-9), 100.0), (self._day(-5), 200.0)]
        plan = self.all._create_plan(
            self._instalments(invoice), parts, date_made=self._day(-12)
        )
        self._run()
        self._paid_on(invoice, -10, 300.0)
        self.assertLessEqual(set(plan.ids), set(self.all._touched()))
        self.assertEqual(set(self.all._with_plans(plan[1].ids)), set(plan.ids))
        second = plan[1].id
        self.assertEqual(
            self.all._verdicts([second]), {second: self.all._verdicts()[second]}
        )
        self._run()
        self.assertEqual(plan.mapped("state"), ["kept", "kept"])

    def test_the_first_run_of_a_day_judges_all(self):
        """It finds what other programs wrote without a date, and reports it."""
        promise = self._judged(-9)
        self._run()
        self.env.cr.execute(
            SQL("UPDATE clerk_promise SET state = 'broken' WHERE id = %s", promise.id)
        )
        self.env.invalidate_all()
        self._run()
        self.assertEqual(promise.state, "broken")
        self._sql("clerk_checkpoint", "whole_on = whole_on - INTERVAL '1 day'")
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.invoicing_clerk", "WARNING") as logs:
            self._run()
        self.assertIn(str(promise.id), logs.output[0])
        self.assertEqual(promise.state, "kept")

    def test_the_horizon_waits_for_running_transactions(self):
        """Transactions whose moment is long past when their work becomes visible."""
        with self.registry.cursor() as other:
            started = other.now()
            horizon = self.checkpoint._horizon()
        self.assertLessEqual(horizon, started)
        self.assertLessEqual(horizon, fields.Datetime.now())

    @property_of(10)
    @given(acts=ACTS)
    # An entry whose date changed: nothing else did.
    @example(acts=[("pay", 0, -10), ("judge", None, None), ("redate_payment", 0, -1)])
    @example(acts=[("pay", 0, -10), ("judge", None, None), ("reset_payment", 0, None)])
    # Another instalment of the same invoice: its amount due is what it was.
    @example(acts=[("pay", 0, -10), ("judge", None, None), ("move_payment", 0, 1)])
    @example(acts=[("judge", None, None), ("reset_invoice", 0, None)])
    # New instalments in place of the promised ones, which are deleted.
    @example(
        acts=[
            ("pay", 0, -10),
            ("judge", None, None),
            ("unreconcile", 0, None),
            ("renumber", 0, None),
        ]
    )
    @example(acts=[("judge", None, None), ("delete_invoice", 0, None)])
    @example(acts=[("pay", 0, -9), ("judge", None, None), ("return", 0, None)])
    @example(
        acts=[
            ("pay", 0, -9),
            ("return", 0, None),
            ("judge", None, None),
            ("reset_return", 0, None),
        ]
    )
    @example(acts=[("pay", 0, -9), ("judge", None, None), ("reject", 0, None)])
    @example(acts=[("pay", 0, -9), ("judge", None, None), ("bank_account", None, None)])
    def test_what_was_touched_equals_all(self, acts):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._follow(acts)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _follow(self, acts):
        self.invoices = [self._untaxed(100.0 * n) for n in (1, 2, 3)]
        self.payments, self.notes, self.returns = [], [], []
        for days, invoice in zip((-10, -5, 2), self.invoices, strict=True):
            self._old_promise(invoice, 12, date=self._day(days))
        self._run()
        for act, one, other in acts:
            try:
                with self.env.cr.savepoint():
                    getattr(self, f"_act_{act}")(one, other)
            except UserError:
                event(f"{act}: refused by Odoo")
            self._compare(act)
        self._run()
        self._compare("end")

    def _compare(self, act):
        """Compare what is found now; nothing is written."""
        touched = self.all._touched()
        expected = self.all._verdicts()
        self.assertEqual(self.all._verdicts(touched), expected, act)
        event(f"{act}: {'all' if touched is None else bool(expected)}")

    def _one(self, records, which):
        """Return one of the records, or an empty recordset."""
        found = [each for each in records if each.exists()]
        return found[which % len(found)] if found else self.env["account.move"]

    def _posted_one(self, which):
        posted = [each for each in self.invoices if each.exists()]
        posted = [each for each in posted if each.state == "posted"]
        return self._one(posted, which)

    def _act_judge(self, _one, _other):
        self._run()

    def _act_pay(self, which, days):
        invoice = self._posted_one(which)
        if invoice and invoice.amount_residual:
            amount = min(60.0, invoice.amount_residual)
            self.payments.append(self._paid_on(invoice, days, amount))

    def _act_credit(self, which, days):
        invoice = self._posted_one(which)
        if invoice and invoice.amount_residual:
            amount = min(30.0, invoice.amount_residual)
            self.notes.append(self._credited_on(invoice, days, amount))

    def _receivable(self, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _act_unreconcile(self, which, _other):
        if payment := self._one(self.payments, which):
            self._receivable(payment.move_id).remove_move_reconcile()

    def _act_move_payment(self, which, to):
        payment, invoice = self._one(self.payments, which), self._posted_one(to)
        if payment and invoice and payment.state not in ("draft", "canceled"):
            item = self._receivable(payment.move_id)
            item.remove_move_reconcile()
            (item + self._receivable(invoice)).filtered(
                lambda line: not line.reconciled
            ).reconcile()

    def _act_reset_payment(self, which, _other):
        if payment := self._one(self.payments, which):
            payment.action_draft()

    def _act_redate_payment(self, which, days):
        payment = self._one(self.payments, which)
        if payment and payment.state not in ("rejected", "canceled"):
            payment.action_draft()
            payment.date = self._day(days)
            payment.action_post()

    def _act_delete_payment(self, which, _other):
        if payment := self._one(self.payments, which):
            payment.action_draft()
            payment.with_context(force_delete=True).unlink()

    def _act_reject(self, which, _other):
        if payment := self._one(self.payments, which):
            payment.action_reject()

    def _act_accept(self, which, _other):
        if payment := self._one(self.payments, which):
            payment.state = "in_process"

    def _act_return(self, which, _other):
        payment = self._one(self.payments, which)
        if payment and payment.move_id.state == "posted":
            self.returns.append(payment.move_id._reverse_moves(cancel=True))

    def _act_reset_return(self, which, _other):
        if reversal := self._one(self.returns, which):
            reversal.button_draft()

    def _act_reset_invoice(self, which, _other):
        if invoice := self._posted_one(which):
            invoice.button_draft()

    def _act_post_again(self, which, _other):
        invoice = self._one(self.invoices, which)
        if invoice and invoice.state == "draft":
            invoice.action_post()

    def _act_renumber(self, which, _other):
        """Reset an invoice, with which its instalments are made anew, and post it."""
        if invoice := self._posted_one(which):
            invoice.button_draft()
            invoice.invoice_payment_term_id = self.env.ref(
                "account.account_payment_term_30days"
            )
            invoice.action_post()

    def _act_delete_invoice(self, which, _other):
        if invoice := self._posted_one(which):
            invoice.button_draft()
            invoice.with_context(force_delete=True).unlink()

    def _act_bank_account(self, _one, _other):
        """An account that was no bank account becomes one."""
        self.company_data["default_account_assets"].account_type = "asset_cash"

    def _act_promise(self, which, days):
        invoice = self._posted_one(which)
        if invoice and invoice.amount_residual:
            self._old_promise(invoice, 13, date=self._day(days))

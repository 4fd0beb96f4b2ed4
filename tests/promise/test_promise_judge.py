from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseJudge(PromiseCommon):
    """Only payments since the promise keep it, by payment date.

    The promises were made ten days ago for the day after, with a grace period of two
    days and a tolerance of 1.00.
    """

    def setUp(self):
        super().setUp()
        self.invoice = self._untaxed()

    def test_paid_in_time_is_kept(self):
        promise = self._old_promise(self.invoice)
        self._paid_on(self.invoice, -9)
        self.assertJudged(promise, "kept", 100.0, 100.0)

    def test_grace_ends(self):
        for days, state in ((-7, "kept"), (-6, "broken")):
            with self.subTest(days=days):
                invoice = self._untaxed()
                promise = self._old_promise(invoice)
                self._paid_on(invoice, days)
                self._judge(promise)
                self.assertEqual(promise.state, state)

    def test_tolerance_ends(self):
        for amount, state in ((99.0, "kept"), (98.99, "partially_kept")):
            with self.subTest(amount=amount):
                invoice = self._untaxed()
                promise = self._old_promise(invoice)
                self._paid_on(invoice, -9, amount)
                self.assertJudged(promise, state, 100.0, amount)

    def test_an_unpaid_promise_is_broken_and_reminds_the_user(self):
        promise = self._old_promise(self.invoice)
        self.assertJudged(promise, "broken", 100.0, 0.0)
        self.assertEqual(promise.activity_ids.user_id, self.clerk)
        self.assertIn("None of $ 100.00 was received", promise.why.replace("\xa0", " "))

    def test_a_promise_is_open_until_fully_paid(self):
        promise = self._promise(self.invoice)
        self.assertFalse(self._judge(promise).judgement_ids, "nothing has changed")
        self._pay(self.invoice, 40.0, payment_date=self.today)
        self.assertJudged(promise, "open", 100.0, 40.0)
        self.assertEqual(promise.amount_missing, 60.0)
        self._pay(self.invoice, 60.0, payment_date=self.today)
        self.assertJudged(promise, "kept", 100.0, 100.0)
        self.assertEqual(promise.amount_missing, 0.0)

    def test_earlier_reconciliations_do_not_count(self):
        self._pay(self.invoice, 40.0, payment_date=self.today)
        promise = self._promise(self.invoice)
        self.assertEqual(promise.amount, 60.0)
        self.assertJudged(promise, "open", 60.0, 0.0)

    def test_an_earlier_payment_reduces_the_promise(self):
        promise = self._old_promise(self.invoice)
        self._paid_on(self.invoice, -11, 40.0)
        self.assertJudged(promise, "broken", 60.0, 0.0)

    def test_a_credit_note_reduces_the_promise(self):
        promise = self._old_promise(self.invoice)
        self._credited_on(self.invoice, -9, 40.0)
        self.assertJudged(promise, "broken", 60.0, 0.0)
        self._paid_on(self.invoice, -9, 60.0)
        self.assertJudged(promise, "kept", 60.0, 60.0)

    def test_a_fully_credited_promise_is_withdrawn(self):
        promise = self._old_promise(self.invoice)
        note = self._credited_on(self.invoice, -9, 100.0)
        self.assertJudged(promise, "withdrawn", 0.0, 0.0)
        note.line_ids.remove_move_reconcile()
        self.assertJudged(promise, "broken", 100.0, 0.0)

    def test_a_credit_note_after_the_deadline_is_ignored(self):
        promise = self._old_promise(self.invoice)
        self._paid_on(self.invoice, -9, 60.0)
        self._credited_on(self.invoice, -6, 40.0)
        self.assertJudged(promise, "partially_kept", 100.0, 60.0)

    def test_a_credit_note_for_the_remainder_is_ignored(self):
        promise = self._old_promise(self.invoice, amount=60.0)
        self._credited_on(self.invoice, -9, 40.0)
        self.assertJudged(promise, "broken", 60.0, 0.0)

    def test_a_write_off_is_not_received(self):
        promise = self._old_promise(self.invoice)
        self._paid_on(
            self.invoice,
            -9,
            75.0,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.assertEqual(self.invoice.amount_residual, 0.0)
        self.assertJudged(promise, "kept", 75.0, 75.0)

    def test_a_bounced_payment_is_judged_again_and_logged(self):
        promise = self._old_promise(self.invoice)
        payment = self._paid_on(self.invoice, -9)
        self.assertJudged(promise, "kept", 100.0, 100.0)
        self._undo(payment)
        self.assertJudged(promise, "broken", 100.0, 0.0)
        self.assertRecordValues(
            promise.judgement_ids,
            [
                {"state": "broken", "amount_received": 0.0},
                {"state": "kept", "amount_received": 100.0},
            ],
        )

    def test_a_rejected_payment_does_not_count(self):
        promise = self._old_promise(self.invoice)
        payment = self._paid_on(self.invoice, -9)
        payment.action_reject()
        self.assertJudged(promise, "broken", 100.0, 0.0)

    def test_a_payment_found_later_removes_the_activity(self):
        promise = self._old_promise(self.invoice)
        self.assertJudged(promise, "broken", 100.0, 0.0)
        self._paid_on(self.invoice, -8)
        self.assertJudged(promise, "kept", 100.0, 100.0)
        self.assertFalse(promise.activity_ids)

    def test_a_bank_transaction_is_a_payment(self):
        promise = self._old_promise(self.invoice)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": self._day(-9),
                "payment_ref": "transfer",
                "partner_id": self.partner_a.id,
                "amount": 100.0,
            }
        )
        item = self._instalments(self.invoice)
        suspense = line.move_id.line_ids.filtered(lambda each: each.balance < 0)
        suspense.account_id = item.account_id
        (suspense + item).reconcile()
        self.assertJudged(promise, "kept", 100.0, 100.0)

    def test_exchange_differences_do_not_count(self):
        invoice = self._untaxed(currency=self.foreign_currency)
        self.env["res.currency.rate"].create(
            {
                "name": self._day(-9),
                "currency_id": self.foreign_currency.id,
                "company_id": self.company_a.id,
                "rate": 4.0,
            }
        )
        promise = self._old_promise(invoice)
        self._paid_on(invoice, -9, 70.0)
        self._paid_on(invoice, -8, 30.0)
        self.assertEqual(invoice.amount_residual, 0.0)
        self.assertTrue(invoice.line_ids.matched_credit_ids.exchange_move_id)
        self.assertJudged(promise, "kept", 100.0, 100.0)

    def test_a_reset_invoice_leaves_nothing_to_pay(self):
        promise = self._old_promise(self.invoice)
        self.invoice.button_draft()
        self._judge(promise)
        self.assertEqual(promise.state, "withdrawn")

    def test_a_withdrawn_promise_is_never_judged(self):
        promise = self._promise(self.invoice)
        promise._withdraw("The customer took it back")
        self._pay(self.invoice, payment_date=self.today)
        self.assertJudged(promise, "withdrawn", 100.0, 0.0)
        with self.assertRaisesRegex(UserError, "Withdrawn"):
            promise._withdraw("Once more")

    def test_later_settings_change_no_verdict(self):
        promise = self._old_promise(self.invoice)
        self._paid_on(self.invoice, -6)
        self.company_a.clerk_promise_grace_days = 30
        self.assertJudged(promise, "broken", 100.0, 0.0)

    def test_the_scheduled_action_judges_all(self):
        promise = self._old_promise(self.invoice)
        with self.enter_registry_test_mode():
            cron = self.env.ref("invoicing_clerk.ir_cron_judge_promises").sudo()
            cron.method_direct_trigger()
        self.assertEqual(promise.state, "broken")

    def _promised_parts(self, number):
        """Record promises of which half are paid in time."""
        shares = [100.0 / number] * number
        terms = self.env["account.payment.term"].create(
            {
                "name": f"In {number}",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": day}
                    )
                    for day, share in enumerate(shares)
                ],
            }
        )
        invoice = self._untaxed(1000.0, invoice_payment_term_id=terms.id)
        promises = (
            self.env["clerk.promise"]
            .sudo()
            .create(
                [
                    {
                        "item_ids": item.ids,
                        "user_id": self.clerk.id,
                        "date_made": self._day(-10),
                        "date": self._day(-9),
                    }
                    for item in self._instalments(invoice)
                ]
            )
        )
        self._paid_on(invoice, -9, 500.0)
        return promises.with_user(self.clerk)

    def test_the_queries_do_not_grow_with_the_promises(self):
        def queries(number):
            promises = self._promised_parts(number)
            count = self._count_queries(self._judge, promises)
            states = dict(promises.grouped("state"))
            self.assertEqual(len(states["kept"]), number // 2)
            self.assertEqual(len(states["broken"]), number // 2)
            return count

        queries(10)
        # Odoo writes a hundred rows at a time: promises, instalments, judgements.
        self._assert_no_more_queries(many=queries(200), few=queries(10), margin=3)

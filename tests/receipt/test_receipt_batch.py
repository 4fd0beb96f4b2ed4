from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.models.receipt import receipt_batch_post
from odoo.addons.invoicing_clerk.rules.receipt.receipt_batch import (
    Totals,
    differences,
)
from odoo.addons.invoicing_clerk.tests.common import ClerkCommon
from odoo.addons.invoicing_clerk.tests.properties import property_of


class ReceiptCommon(ClerkCommon):
    """Batches of checks as a clerk enters them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bank = cls.company_data["default_journal_bank"]

    @classmethod
    def _batch(cls, *receipts, user=None, **values):
        """Enter a balanced batch; each receipt is (number, amount[, values])."""
        rows = [
            {"number": number, "amount": amount, "partner_id": cls.partner_a.id}
            | dict(*more)
            for number, amount, *more in receipts
        ]
        batches = cls.env["clerk.receipt.batch"].with_user(user or cls.clerk)
        return batches.create(
            {
                "journal_id": cls.bank.id,
                "date": "2026-03-02",
                "control_count": len(rows),
                "control_amount": sum(row["amount"] for row in rows),
                "receipt_ids": [Command.create(row) for row in rows],
                **values,
            }
        )

    def _work(self):
        self.env.flush_all()
        with self._in_background():
            self.env.ref(
                "invoicing_clerk.ir_cron_receipt_batch"
            ).method_direct_trigger()


@tagged("post_install", "-at_install")
class TestReceiptBatch(ReceiptCommon):
    """Control totals, posting and failures."""

    def test_a_balanced_batch_becomes_payments(self):
        batch = self._batch(("101", 50.0), ("102", 70.5, {"text": "INV 7"}))
        self.assertTrue(batch.is_balanced)
        batch.action_post()
        self.assertEqual(batch.state, "posted")
        payments = batch.receipt_ids.payment_id
        self.assertEqual(payments.mapped("amount"), [50.0, 70.5])
        self.assertEqual(payments.mapped("partner_id"), self.partner_a)
        self.assertEqual(set(payments.mapped("payment_type")), {"inbound"})
        self.assertEqual(set(payments.mapped("date")), {date(2026, 3, 2)})
        self.assertEqual(payments[1].memo, "INV 7 · 102")
        self.assertEqual(set(payments.move_id.mapped("state")), {"posted"})
        self.assertEqual(batch.action_view_payments()["domain"][0][2], payments.ids)

    def test_a_batch_out_of_balance_is_not_posted(self):
        batch = self._batch(("101", 50.0), control_count=2, control_amount=60.0)
        self.assertIn("number of receipts: 1 less than 2", batch.difference_note)
        self.assertIn("amount: $\xa010.00 less", batch.difference_note)
        with self.assertRaisesRegex(UserError, "It is out of balance: number of"):
            batch.action_post()
        self.assertFalse(batch.receipt_ids.payment_id)

    def test_a_hash_total_finds_swapped_digits(self):
        batch = self._batch(("1074", 50.0), control_hash="1 047")
        self.assertEqual(batch.difference_note, "hash total: 27 more than 1047")
        batch.receipt_ids.number = "1047"
        self.assertTrue(batch.is_balanced)

    def test_the_row_that_enter_opens_is_not_counted(self):
        with Form(self.env["clerk.receipt.batch"].with_user(self.clerk)) as form:
            form.journal_id = self.bank
            form.control_count, form.control_amount = 1, 100.0
            with form.receipt_ids.new() as row:
                row.number, row.amount = "1001", 100.0
            self.assertTrue(form.is_balanced)
            form.receipt_ids.new().save()
            self.assertTrue(form.is_balanced)
            self.assertEqual(form.entered_count, 1)
        self.assertEqual(form.record.receipt_ids.mapped("number"), ["1001"])

    def test_an_empty_batch_is_not_posted(self):
        with self.assertRaisesRegex(UserError, "Enter the receipts first"):
            self._batch().action_post()

    def test_an_unknown_payer_makes_an_unidentified_payment(self):
        batch = self._batch(("7", 50.0, {"partner_id": False, "payer": "Smith"}))
        batch.action_post()
        payment = batch.receipt_ids.payment_id
        self.assertFalse(payment.partner_id)
        self.assertEqual(payment.memo, "Smith · 7")
        self.assertEqual(payment.state, "in_process")

    def test_what_fails_keeps_its_reason_and_is_tried_again(self):
        other = self.env["res.partner"].create(
            {"name": "Elsewhere", "company_id": self.company_a.id}
        )
        batch = self._batch(("101", 50.0), ("102", 70.0, {"partner_id": other.id}))
        other.company_id = self.company_b
        batch.action_post()
        first, second = batch.receipt_ids
        self.assertEqual(first.state, "posted")
        self.assertEqual((second.state, batch.failed_count), ("failed", 1))
        self.assertIn("Elsewhere", second.note)
        second.partner_id = self.partner_a
        with self.assertRaisesRegex(UserError, "only drafts can be changed"):
            second.amount = 80.0
        before = first.payment_id
        batch.action_retry()
        self.assertEqual(second.state, "posted")
        self.assertEqual(first.payment_id, before)
        self.assertFalse(second.note)
        with self.assertRaisesRegex(UserError, "No receipt has failed"):
            batch.action_retry()

    def test_a_payment_without_journal_entry_fails(self):
        """Some editions of Odoo book a payment only when the bank has it."""
        batch = self._batch(("101", 50.0))
        payments = type(self.env["account.payment"])

        def without_entry(payment, *_args):
            payment.outstanding_account_id = False

        with patch.object(payments, "_generate_journal_entry", without_entry):
            batch.action_post()
        receipt = batch.receipt_ids
        self.assertEqual((receipt.state, receipt.payment_id.id), ("failed", False))
        self.assertIn("has no journal entry", receipt.note)
        batch.action_retry()
        self.assertEqual(receipt.state, "posted")
        payment = receipt.payment_id
        payment.sudo().write({"outstanding_account_id": False, "move_id": False})
        with self.assertRaisesRegex(UserError, "has no journal entry"):
            payment.action_propose_match()

    def test_a_large_batch_is_posted_in_the_background_in_committed_steps(self):
        number = receipt_batch_post.AT_ONCE + 2
        batch = self._batch(*((str(each), 10.0) for each in range(1, number + 1)))
        batch.action_post()
        self.assertEqual(batch.state, "posting")
        self.assertFalse(batch.receipt_ids.payment_id)
        self._work()
        self.assertEqual((batch.state, batch.posted_count), ("posted", number))
        self.assertEqual(batch.receipt_ids.payment_id.create_uid, self.clerk)

    def test_a_worker_goes_on_after_the_last_commit(self):
        """Post nothing again, and set aside what stops the worker."""
        number = receipt_batch_post.AT_ONCE + 1
        batch = self._batch(*((str(each), 10.0) for each in range(1, number + 1)))
        batch.action_post()
        batch.sudo()._work_on(batch.sudo()._next_parts())
        posted = batch.receipt_ids.payment_id
        self.assertEqual(len(posted), receipt_batch_post.CHUNK)
        last = batch.receipt_ids.filtered(lambda each: each.state == "entered")
        last.sudo()._inside().tries = 9
        self._work()
        self.assertEqual(batch.receipt_ids.payment_id, posted)
        self.assertEqual(last.state, "failed")
        self.assertIn("The server stopped", last.note)

    def test_a_locked_period(self):
        self.company_a.sudo().hard_lock_date = "2026-03-31"
        with self.assertRaisesRegex(UserError, "The date 03/02/2026 is locked"):
            self._batch(("101", 50.0)).action_post()

    def test_a_year_that_is_mistyped(self):
        batch = self._batch(("101", 50.0), ("102", 20.0))
        batch.receipt_ids[0].booked_on = "2062-03-02"
        with self.assertRaisesRegex(UserError, "03/02/2062 is too far ahead"):
            batch.action_post()
        self.assertEqual(batch.state, "draft")

    def _refuses(self, sentence):
        """Expect a refusal, and undo what came before it."""
        stack = ExitStack()
        stack.enter_context(self.assertRaisesRegex(UserError, sentence))
        stack.enter_context(self.env.cr.savepoint())
        return stack

    def test_bad_receipts(self):
        for amount in (0.0, -5.0):
            with self._refuses("amount above zero for 101"):
                self._batch(("101", amount), control_amount=0)
        for values in ({"control_count": -1}, {"control_amount": -1.0}):
            with self._refuses("must not be negative"):
                self._batch(("101", 5.0), **values)
        with self._refuses("“seven” is not a hash total"):
            self._batch(("101", 5.0), control_hash="seven")
        sales = self.company_data["default_journal_sale"]
        with self._refuses("neither a bank nor a cash"):
            self._batch(("101", 5.0), journal_id=sales.id)

    def test_the_row_that_enter_opens_is_no_receipt(self):
        """Would have caught: who posts from the fresh row after the last receipt was
        asked for an amount."""
        fresh = {"amount": 0.0, "number": False, "payer": False, "sequence": 10}
        batch = self._batch(("101", 50.0))
        for row in (fresh, {}, {"amount": 0.0}):
            batch.receipt_ids = [Command.create(row)]
        self.assertEqual(len(batch.receipt_ids), 1)
        with self._refuses("amount above zero"):
            batch.receipt_ids = [Command.create({**fresh, "payer": "A. Baker"})]
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            batch.receipt_ids = [Command.create({**fresh, "state": "posted"})]

    def test_a_check_is_entered_once(self):
        self._batch(("101", 50.0, {"drawer_bank": "First Bank"}))
        with self._refuses(r"Check 101 of partner_a was already entered in REC/.*50"):
            self._batch(("101", 60.0, {"drawer_bank": "first  bank"}))
        self._batch(("101", 60.0, {"drawer_bank": "Second Bank"}))
        with self._refuses("already entered"):
            self._batch(("9", 1.0), ("9", 1.0))

    def test_a_cancelled_batch_frees_its_checks(self):
        batch = self._batch(("101", 50.0))
        batch.action_cancel()
        self._batch(("101", 50.0))
        with self.assertRaises(UserError):
            batch.receipt_ids.amount = 60.0

    def test_a_batch_does_not_return_with_checks_that_were_entered_again(self):
        batch = self._batch(("101", 50.0))
        batch.action_cancel()
        batch.action_reset()
        batch.action_cancel()
        self._batch(("101", 50.0))
        with self._refuses("Check 101 of partner_a was already entered"):
            batch.action_reset()
        self.assertEqual(batch.state, "cancelled")

    def test_a_customer_of_another_company(self):
        other = self.env["res.partner"].create(
            {"name": "Elsewhere", "company_id": self.company_b.id}
        )
        with self._refuses("Customer: select a record that you have access to"):
            self._batch(("101", 50.0, {"partner_id": other.id}))

    def test_another_currency_is_that_of_the_payments(self):
        batch = self._batch(("101", 50.0), currency_id=self.foreign_currency.id)
        batch.action_post()
        self.assertEqual(batch.receipt_ids.payment_id.currency_id.name, "EUR")
        self.assertEqual(batch.receipt_ids.payment_id.move_id.amount_total_signed, 25.0)

    def test_a_posted_batch_stays_as_it_is(self):
        batch = self._batch(("101", 50.0))
        batch.action_post()
        for write in (
            lambda: batch.write({"control_amount": 1.0}),
            lambda: batch.write({"receipt_ids": [Command.clear()]}),
            lambda: batch.receipt_ids.unlink(),
            lambda: batch.receipt_ids.write({"partner_id": self.partner_b.id}),
            lambda: batch.unlink(),
            lambda: (
                self.env["clerk.receipt"]
                .with_user(self.clerk)
                .create({"batch_id": batch.id, "amount": 1.0})
            ),
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                write()
        for values in ({"state": "draft"}, {"name": "X"}, {"user_id": 1}):
            with self.assertRaises(AccessError):
                batch.write(values)
        with self.assertRaises(AccessError):
            batch.receipt_ids.write({"payment_id": False})

    def test_rights(self):
        batch = self._batch(("101", 50.0))
        self.assertEqual(batch.with_user(self.auditor).entered_amount, 50.0)
        with self.assertRaises(AccessError):
            batch.with_user(self.auditor).action_post()
        for user in (self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                batch.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                batch.receipt_ids.with_user(user).read(["amount"])
        batch.with_user(self.supervisor).action_post()
        self.assertEqual(batch.user_id, self.supervisor)

    def test_queries_do_not_grow_with_the_receipts_to_compare(self):
        def check(batch):
            self.assertTrue(batch.is_balanced)
            batch.receipt_ids._check_entered_once()

        small = self._batch(*((f"a{each}", 10.0) for each in range(2)))
        large = self._batch(*((f"b{each}", 10.0) for each in range(12)))
        self._count_queries(check, small)
        few, many = (self._count_queries(check, each) for each in (small, large))
        self.assertEqual(many, few)

    @property_of(50)
    @given(
        amounts=st.lists(st.integers(1, 10**9), max_size=9),
        wrong=st.integers(-3, 3),
    )
    def test_a_batch_balances_only_with_the_totals_of_its_tape(self, amounts, wrong):
        total = Decimal(sum(amounts)) / 100
        entered = Totals(len(amounts), total, 0)
        tape = Totals(len(amounts), total + Decimal(wrong) / 100)
        found = differences(tape, entered)
        self.assertEqual(
            [each.by for each in found], [Decimal(-wrong) / 100] * bool(wrong)
        )

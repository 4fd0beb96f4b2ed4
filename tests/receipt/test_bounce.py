from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.receipt.test_receipt_batch import ReceiptCommon


class BounceCommon(ReceiptCommon):
    """Payments that were received, and that the bank may return."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.no_funds = cls.env.ref("invoicing_clerk.bounce_reason_check_a")
        cls.stopped = cls.env.ref("invoicing_clerk.bounce_reason_check_c")
        cls.no_tax = cls.env["account.tax"]
        cls.fees = cls.company_data["default_account_expense"].copy(
            {"code": "BNKFEE", "name": "Returned payments"}
        )
        cls.company_a.sudo().clerk_bounce_account_id = cls.fees

    @classmethod
    def _received(cls, amount=100.0, *invoices, **values):
        """Register a check, and apply it to invoices."""
        payment = (
            cls.env["account.payment"]
            .with_user(cls.clerk)
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": cls.partner_a.id,
                    "amount": amount,
                    "date": "2026-02-02",
                    "journal_id": cls.bank.id,
                    "memo": "Check 101",
                    **values,
                }
            )
        )
        payment.action_post()
        cls._apply(payment, *invoices)
        return payment

    @classmethod
    def _apply(cls, payment, *invoices):
        for invoice in invoices:
            lines = cls._receivable(payment.move_id) | cls._receivable(invoice)
            lines.reconcile()

    @classmethod
    def _receivable(cls, moves):
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def _bounce(self, payment, user=None, **values):
        return (
            self.env["clerk.bounce"]
            .with_user(user or self.clerk)
            .create(
                {
                    "payment_id": payment.id,
                    "reason_id": self.no_funds.id,
                    "date": "2026-02-10",
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestBounce(BounceCommon):
    """The payment's entry is reversed, and what it had paid is open again."""

    def test_an_invoice_is_open_again_and_both_entries_are_kept(self):
        """Would have caught: core's *Reject* leaves the invoice paid."""
        invoice = self._posted((1, 100.0), taxes=self.no_tax)
        payment = self._received(100.0, invoice)
        entry, number = payment.move_id, payment.move_id.name
        self.assertEqual(invoice.amount_residual, 0.0)
        bounce = self._bounce(payment)
        bounce.action_book()
        self.assertEqual(bounce.state, "booked")
        self.assertEqual(invoice.amount_residual, 100.0)
        self.assertEqual(invoice.payment_state, "not_paid")
        self.assertEqual(payment.move_id, entry)
        self.assertEqual((entry.state, entry.name), ("posted", number))
        reversal = bounce.reversal_id
        self.assertEqual(reversal.state, "posted")
        self.assertEqual(reversal.reversed_entry_id, entry)
        self.assertEqual(reversal.date, date(2026, 2, 10))
        self.assertFalse(reversal.origin_payment_id)
        self.assertIn("bounced (A)", reversal.ref)
        self.assertTrue(all((entry + reversal).line_ids.mapped("reconciled")[:2]))
        self.assertEqual(bounce.reopened_item_ids, self._receivable(invoice))

    def test_money_that_the_bank_had_credited_stays_matched(self):
        """The return is a line of its own on the bank's statement."""
        payment = self._received(100.0)
        outstanding = payment._seek_for_lines()[0]
        bank_entry = self.env["account.move"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-02-03",
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "balance": balance, "name": "Bank"}
                    )
                    for account, balance in (
                        (self.bank.default_account_id, 100.0),
                        (outstanding.account_id, -100.0),
                    )
                ],
            }
        )
        bank_entry.action_post()
        credit = bank_entry.line_ids.filtered(lambda line: line.credit)
        (outstanding | credit).reconcile()
        bounce = self._bounce(payment)
        bounce.action_book()
        self.assertEqual(outstanding.matched_credit_ids.credit_move_id, credit)
        open_lines = bounce.reversal_id.line_ids.filtered(
            lambda line: line.account_id == outstanding.account_id
        )
        self.assertEqual(open_lines.amount_residual, -100.0)

    def test_several_invoices_and_a_credit_note(self):
        invoices = [self._posted((1, each), taxes=self.no_tax) for each in (60.0, 70.0)]
        note = self._posted((1, 30.0), move_type="out_refund", taxes=self.no_tax)
        (self._receivable(note) | self._receivable(invoices[1])).reconcile()
        payment = self._received(100.0, *invoices)
        self._bounce(payment).action_book()
        self.assertEqual([each.amount_residual for each in invoices], [60.0, 40.0])
        self.assertEqual(note.amount_residual, 0.0)

    def test_discount_and_write_off_of_the_payment_are_reversed_too(self):
        invoice = self._posted((1, 100.0), taxes=self.no_tax)
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {
                "amount": 97.0,
                "payment_date": "2026-02-02",
                "payment_difference_handling": "reconcile",
                "writeoff_account_id": self.fees.id,
            }
        )._create_payments()
        self.assertEqual(invoice.amount_residual, 0.0)
        payment = invoice.matched_payment_ids
        bounce = self._bounce(payment)
        bounce.action_book()
        self.assertEqual(invoice.amount_residual, 100.0)
        lines = (payment.move_id | bounce.reversal_id).line_ids
        for account in lines.account_id:
            own = lines.filtered(
                lambda line, account=account: line.account_id == account
            )
            self.assertEqual(sum(own.mapped("balance")), 0.0)

    def test_a_payment_in_a_foreign_currency(self):
        invoice = self._posted(
            (1, 100.0), taxes=self.no_tax, currency=self.foreign_currency
        )
        payment = self._received(
            100.0, invoice, currency_id=self.foreign_currency.id, date="2026-02-05"
        )
        bounce = self._bounce(payment, fee=10.0)
        bounce.action_book()
        self.assertEqual(invoice.amount_residual, 100.0)
        lines = (payment.move_id | bounce.reversal_id).line_ids
        self.assertEqual(sum(lines.mapped("balance")), 0.0)
        own = self._receivable(payment.move_id | bounce.reversal_id)
        self.assertEqual(sum(own.mapped("amount_currency")), 0.0)
        self.assertEqual(sum(bounce.fee_move_id.line_ids.mapped("balance")), 0.0)
        fee = bounce.fee_move_id.line_ids.filtered("debit")
        self.assertEqual((fee.amount_currency, fee.balance), (10.0, 5.0))

    def test_fee_of_the_bank_and_charge_to_the_customer(self):
        bounce = self._bounce(self._received(100.0), fee=12.5, charge=20.0)
        bounce.action_book()
        fee = bounce.fee_move_id
        self.assertEqual(fee.state, "posted")
        debit = fee.line_ids.filtered("debit")
        self.assertEqual((debit.account_id, debit.debit), (self.fees, 12.5))
        outstanding = bounce.payment_id.outstanding_account_id
        self.assertEqual(fee.line_ids.filtered("credit").account_id, outstanding)
        charge = bounce.charge_move_id
        self.assertEqual((charge.state, charge.amount_total), ("posted", 20.0))
        self.assertEqual(charge.amount_tax, 0.0)
        self.assertEqual(charge.partner_id, self.partner_a)
        self.assertEqual(charge.invoice_line_ids.account_id, self.fees)

    def test_a_promise_kept_by_the_payment_is_judged_again(self):
        invoice = self._posted((1, 100.0), taxes=self.no_tax)
        promise = (
            self.env["clerk.promise"]
            .sudo()
            .create(
                {
                    "move_ids": invoice.ids,
                    "user_id": self.clerk.id,
                    "date_made": "2026-01-20",
                    "date": "2026-02-05",
                }
            )
        )
        payment = self._received(100.0, invoice)
        promise._judge()
        self.assertEqual(promise.state, "kept")
        self._bounce(payment).action_book()
        promise._judge()
        self.assertEqual(promise.state, "broken")

    def test_it_is_presented_again_once(self):
        invoice = self._posted((1, 100.0), taxes=self.no_tax)
        bounce = self._bounce(self._received(100.0, invoice))
        bounce.action_book()
        self.assertIn("present", bounce.allowed_actions)
        bounce.action_present()
        again = bounce.presented_payment_id
        self.assertEqual(bounce.state, "presented")
        self.assertEqual((again.amount, again.partner_id), (100.0, self.partner_a))
        self.assertEqual(again.memo, "Check 101 (presented again)")
        self.assertEqual(invoice.amount_residual, 0.0)
        second = self._bounce(again, date=again.date)
        second.action_book()
        self.assertEqual(invoice.amount_residual, 100.0)
        with self.assertRaisesRegex(UserError, f"again already, with {bounce.name}"):
            second.action_present()

    def test_a_stopped_payment_is_not_presented_again(self):
        bounce = self._bounce(self._received(), reason_id=self.stopped.id)
        bounce.action_book()
        self.assertFalse(bounce.allowed_actions)
        with self.assertRaisesRegex(UserError, "because: Stop payment"):
            bounce.action_present()

    def test_an_invoice_paid_meanwhile_is_not_paid_twice(self):
        invoice = self._posted((1, 100.0), taxes=self.no_tax)
        bounce = self._bounce(self._received(100.0, invoice))
        bounce.action_book()
        self._received(100.0, invoice, date="2026-02-12")
        bounce.action_present()
        again = self._receivable(bounce.presented_payment_id.move_id)
        self.assertEqual(again.amount_residual, -100.0)


@tagged("post_install", "-at_install")
class TestBounceRefusals(BounceCommon):
    """A clear sentence, and nothing changes."""

    def test_what_cannot_be_reversed(self):
        draft = self._received()
        draft.action_draft()
        rejected = self._received()
        cases = [
            (self._bounce(draft), "is not posted"),
            (self._bounce(self._received(), date="2026-01-01"), "Correct the date"),
            (self._bounce(self._received(), date="2062-02-10"), "is too far ahead"),
            (self._bounce(self._received(), reason_id=False), "Select the reason"),
            (
                self._bounce(self._received(partner_id=False), charge=5.0),
                "has no customer who could be charged",
            ),
        ]
        reversal = rejected.move_id._reverse_moves([{"date": "2026-02-03"}])
        reversal.action_post()
        cases.append((self._bounce(rejected), "already reversed by"))
        for bounce, sentence in cases:
            with self.subTest(sentence), self.assertRaisesRegex(UserError, sentence):
                bounce.action_book()
            self.assertEqual(bounce.state, "draft")
            self.assertFalse(bounce.reversal_id)

    def test_a_fee_needs_an_account(self):
        self.company_a.sudo().clerk_bounce_account_id = False
        bounce = self._bounce(self._received(), fee=5.0)
        with self.assertRaisesRegex(UserError, "No account for bank fees is set"):
            bounce.action_book()
        bounce.fee = 0.0
        bounce.action_book()
        self.assertFalse(bounce.fee_move_id)

    def test_a_locked_period(self):
        bounce = self._bounce(self._received())
        self.company_a.sudo().hard_lock_date = "2026-02-28"
        with self.assertRaisesRegex(UserError, "is locked"):
            bounce.action_book()
        self.assertEqual(bounce.state, "draft")

    def test_a_payment_bounces_once(self):
        payment = self._received()
        bounce = self._bounce(payment)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self._bounce(payment)
        self.assertEqual(payment.action_bounce()["res_id"], bounce.id)
        bounce.action_cancel()
        self.env.flush_all()
        self._bounce(payment).action_book()
        self.assertIn("bounced on", payment.bounce_note)

    def test_negative_amounts_and_payments_to_suppliers(self):
        payment = self._received()
        for values in ({"fee": -1.0}, {"charge": -1.0}):
            with (
                self.assertRaisesRegex(ValidationError, "must not be negative"),
                self.env.cr.savepoint(),
            ):
                self._bounce(payment, **values)
        out = self._received(payment_type="outbound", partner_type="supplier")
        with self.assertRaisesRegex(ValidationError, "not a payment from a customer"):
            self._bounce(out)

    def test_what_was_booked_does_not_change(self):
        bounce = self._bounce(self._received())
        bounce.action_book()
        for values in ({"fee": 1.0}, {"date": "2026-02-11"}, {"state": "draft"}):
            with self.subTest(values), self.assertRaises(UserError):
                bounce.write(values)
        with self.assertRaisesRegex(UserError, "kept on record"):
            bounce.unlink()
        with self.assertRaises(UserError):
            bounce.action_book()

    def test_who_may(self):
        payment = self._received()
        bounce = self._bounce(payment)
        self.assertEqual(bounce.with_user(self.auditor).amount, 100.0)
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._bounce(self._received(), user=user)
                with self.assertRaises(AccessError):
                    bounce.with_user(user).action_book()
        for user in (self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                bounce.with_user(user).read(["amount"])
        reasons = self.env["clerk.bounce.reason"]
        for user in (self.clerk, self.auditor):
            with self.assertRaises(AccessError):
                reasons.with_user(user).create({"code": "?", "name": "Other"})
        reasons.with_user(self.supervisor).create({"code": "?", "name": "Other"})


@tagged("post_install", "-at_install")
class TestBounceScreens(BounceCommon):
    """Ways to a bounced payment, the mark of a customer, and the letter."""

    def test_from_the_payment_to_the_reversal(self):
        payment = self._received()
        action = payment.action_bounce()
        bounces = self.env["clerk.bounce"].with_user(self.clerk)
        with Form(bounces.with_context(**action["context"])) as form:
            form.reason_id = self.no_funds
            form.date = "2026-02-10"
        form.record.action_book()
        self.assertEqual(payment.action_bounce()["res_id"], form.record.id)

    def test_from_the_receipt(self):
        batch = self._batch(("101", 50.0))
        with self.assertRaisesRegex(UserError, "is not posted"):
            batch.receipt_ids.action_bounce()
        batch.action_post()
        action = batch.receipt_ids.action_bounce()
        payment = batch.receipt_ids.payment_id
        self.assertEqual(action["context"], {"default_payment_id": payment.id})

    def test_a_customer_is_marked_for_some_months(self):
        today = fields.Date.today()
        payment = self._received(date=today)
        self._bounce(payment, date=today).action_book()
        contact = self.contact_a.with_user(self.clerk)
        self.assertEqual(contact.bounce_count, 1)
        self.assertIn("Not sufficient funds", contact.bounce_note)
        self.company_a.sudo().clerk_bounce_months = 0
        contact.invalidate_recordset()
        self.assertEqual((contact.bounce_count, contact.bounce_note), (0, False))
        action = contact.action_view_bounces()
        self.assertEqual(action["domain"], [("partner_id", "=", self.partner_a.id)])

    def test_the_letter_names_what_is_open_again(self):
        invoice = self._posted((1, 100.0), taxes=self.no_tax)
        bounce = self._bounce(self._received(100.0, invoice), charge=20.0)
        bounce.action_book()
        action = bounce.action_letter()
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.clerk)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(composer.partner_ids, self.partner_a)
        for text in (invoice.name, "Not sufficient funds", bounce.charge_move_id.name):
            self.assertIn(text, composer.body)
        composer._action_send_mail()
        self.assertEqual(bounce.message_ids[0].partner_ids, self.partner_a)


@tagged("post_install", "-at_install")
class TestBounceProperty(BounceCommon):
    """Whatever a payment had paid, its bounce restores every residual."""

    @property_of(12)
    @given(
        st.lists(st.integers(1, 20_000), min_size=1, max_size=4),
        st.integers(1, 60_000),
        st.booleans(),
    )
    def test_residuals_are_as_before_the_payment(self, cents, paid, is_foreign):
        currency = self.foreign_currency if is_foreign else self.currency_a
        invoices = self.env["account.move"].union(
            *(
                self._posted((1, each / 100), taxes=self.no_tax, currency=currency)
                for each in cents
            )
        )
        before = invoices.mapped("amount_residual")
        payment = self._received(paid / 100, currency_id=currency.id)
        for invoice in invoices:
            if not self._receivable(payment.move_id).reconciled:
                self._apply(payment, invoice)
        self._bounce(payment).action_book()
        self.assertEqual(invoices.mapped("amount_residual"), before)
        self.assertEqual(self._receivable(payment.move_id).amount_residual, 0.0)

from datetime import date, timedelta
from functools import partial

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.voucher.common import VoucherCommon


@tagged("post_install", "-at_install")
class TestVoucherVoid(VoucherCommon):
    """Payments that did not reach the payee."""

    def _paid(self, *moves, **values):
        voucher = self._approved(*moves, **values)
        voucher.reference = "1041"
        voucher.action_pay()
        return voucher

    def _void(self, voucher, user=None, **values):
        return (
            self.env["clerk.voucher.void"]
            .with_user(user or self.supervisor)
            .with_context(active_model="clerk.voucher", active_id=voucher.id)
            .create({"reason": "Check lost", **values})
            .action_void()
        )

    def _balances(self):
        """Return the balance of each account of the company, in its currency."""
        groups = self.env["account.move.line"]._read_group(
            [("company_id", "=", self.company_a.id), ("parent_state", "=", "posted")],
            ["account_id"],
            ["balance:sum"],
        )
        return {account: round(total, 2) for account, total in groups if total}

    def test_bills_are_open_again_and_paid_again(self):
        bills = [self._bill(amount) for amount in (100.0, 50.0)]
        before = self._balances()
        voucher = self._paid(*bills, amounts=(100.0, 20.0))
        payment = voucher.payment_id
        self._void(voucher)
        self.assertEqual([bill.amount_residual for bill in bills], [100.0, 50.0])
        self.assertEqual(self._balances(), before)
        self.assertEqual(voucher.state, "approved")
        self.assertEqual(voucher.approved_by_id, self.supervisor)
        self.assertFalse(voucher.payment_id or voucher.reference or voucher.paid_by_id)
        self.assertEqual(payment.move_id.state, "posted")
        for text in (payment.name, "1041", "Check lost"):
            self.assertIn(text, voucher.message_ids[0].body)
        voucher.action_pay()
        self.assertEqual([bill.amount_residual for bill in bills], [0.0, 30.0])

    def test_an_expense_is_charged_once(self):
        before = self._balances()
        voucher = self._expense(12.5)
        voucher.action_prepare()
        voucher.with_user(self.supervisor).action_approve()
        voucher.action_pay()
        once = self._balances()
        self._void(voucher)
        self.assertEqual(self._balances(), before)
        voucher.action_pay()
        self.assertEqual(self._balances(), once)

    def test_what_the_bank_has_moved_stays_reconciled(self):
        """A transfer that came back: the money waits to be matched with its return."""
        voucher = self._paid(self._bill(100.0))
        liquidity = voucher.payment_id._seek_for_lines()[0]
        statement_line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "amount": -100.0, "payment_ref": "1041"}
        )
        suspense = statement_line._seek_for_lines()[1]
        suspense.account_id = liquidity.account_id
        (suspense | liquidity).reconcile()
        self._void(voucher)
        self.assertTrue(liquidity.reconciled)
        waiting = self.env["account.move.line"].search(
            [
                ("account_id", "=", liquidity.account_id.id),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertEqual(waiting.mapped("balance"), [100.0])

    def test_a_payment_that_was_reversed_in_accounting(self):
        bill = self._bill(100.0)
        voucher = self._paid(bill)
        entry = voucher.payment_id.move_id
        entry._reverse_moves([{"date": fields.Date.today()}], cancel=True)
        voucher.invalidate_recordset(["next_note"])
        self.assertIn(entry.reversal_move_ids.name, voucher.next_note)
        self._void(voucher)
        self.assertEqual(len(entry.reversal_move_ids), 1)
        voucher.action_pay()
        self.assertEqual(bill.amount_residual, 0.0)

    def test_undone_on_the_voucher_only(self):
        """Would have caught a voucher that stays paid while its payment is reset."""
        paid = self._paid(self._bill())
        expense = self._expense(5.0)
        expense.action_prepare()
        expense.with_user(self.supervisor).action_approve()
        expense.action_pay()
        acts = (
            paid.payment_id.action_draft,
            paid.payment_id.action_cancel,
            paid.payment_id.action_reject,
            paid.payment_id.move_id.button_draft,
            paid.payment_id.move_id.button_cancel,
            expense.receipt_move_id.button_draft,
            partial(paid.payment_id.write, {"amount": 1.0}),
            partial(paid.payment_id.write, {"date": "2026-01-02"}),
        )
        for act in acts:
            with (
                self.subTest(str(act)),
                self.assertRaisesRegex(UserError, "Void Payment"),
                self.env.cr.savepoint(),
            ):
                act()
        self._void(paid)

    def test_who_and_when(self):
        voucher = self._paid(self._bill())
        for user in (self.clerk, self.auditor, self.outsider):
            with (
                self.subTest(user.login),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                voucher.with_user(user).action_void("Check lost")
        day = voucher.payment_date
        self.company_a.sudo().hard_lock_date = date(2026, 1, 31)
        for values, sentence in (
            ({"date": day - timedelta(days=1)}, "a later one"),
            ({"reason": " "}, "Enter a reason"),
        ):
            with (
                self.subTest(sentence),
                self.assertRaisesRegex(UserError, sentence),
                self.env.cr.savepoint(),
            ):
                self._void(voucher, **values)
        self.assertEqual(voucher.state, "paid")

    def test_a_date_as_text(self):
        """As remote calls send it."""
        voucher = self._paid(self._bill()).with_user(self.supervisor)
        for text in ("tomorrow", [], 5, "0000-00-00"):
            with (
                self.subTest(text),
                self.assertRaises(UserError),
                self.env.cr.savepoint(),
            ):
                voucher.action_void("Check lost", text)
        for step in (voucher.action_void, voucher.action_return):
            with self.assertRaisesRegex(UserError, "cannot be stored"):
                step("\x00")
        voucher.action_void("Check lost", fields.Date.to_string(voucher.payment_date))
        self.assertEqual(voucher.state, "approved")

    def test_only_paid_vouchers(self):
        voucher = self._approved(self._bill())
        with self.assertRaises(UserError):
            voucher.with_user(self.supervisor).action_void("Check lost")

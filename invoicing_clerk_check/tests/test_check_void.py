from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CheckCommon


@tagged("post_install", "-at_install")
class TestCheckVoid(CheckCommon):
    """Spoiled paper is printed again; a void check reverses its payment."""

    def _entries(self, payments):
        """Return what the ledger has of payments."""
        return payments.move_id.line_ids.read(
            ["account_id", "balance", "date", "name", "parent_state", "reconciled"]
        )

    def test_a_jam_spoils_four_of_ten(self):
        payments = self.env["account.payment"].with_user(self.clerk)
        for number in range(10):
            payments |= self._payment(100.0 + number)
        checks = self._print(payments, "1001")
        before = self._entries(payments)
        spoiled = checks[3:7]
        again = self._reprint(spoiled)
        self.assertEqual(again.mapped("name"), ["1011", "1012", "1013", "1014"])
        self.assertEqual(again.replaces_id, spoiled)
        self.assertEqual(again.mapped("amount"), spoiled.mapped("amount"))
        self.assertEqual(set(spoiled.mapped("state")), {"spoiled"})
        self.assertEqual(set(spoiled.mapped("reason")), {"Jam"})
        self.assertEqual(spoiled.ended_by_id, self.clerk)
        self.assertEqual(set((checks - spoiled).mapped("state")), {"printed"})
        self.assertEqual(self._entries(payments), before)
        self.assertEqual(set(payments.mapped("state")), {"in_process"})

    def test_a_voucher_bears_the_new_number(self):
        voucher = self._to_print(self._bill(50.0))
        again = self._reprint(self._print(voucher))
        self.assertEqual(again.name.lstrip("0"), "43")
        self.assertEqual((voucher.state, voucher.reference), ("paid", again.name))
        self.assertEqual(again.voucher_id, voucher)

    def test_printed_another_time(self):
        voucher = self._to_print(self._bill(50.0))
        check = self._print(voucher)
        dialog = self.env["clerk.check.spoil"].with_user(self.clerk)
        dialog.create({"check_ids": check.ids, "reason": "Jam"}).action_spoil()
        self.assertEqual(check.state, "spoiled")
        self.assertFalse(check.payment_id.is_sent or voucher.reference)
        again = self._print(voucher, "0050")
        self.assertEqual((again.name, again.replaces_id), ("0050", check))
        self.assertEqual(voucher.reference, "0050")

    def test_a_spoiled_number_does_not_return(self):
        check = self._print(self._payment())
        with self.assertRaisesRegex(UserError, "already used"), self.env.cr.savepoint():
            self._reprint(check, "0042")
        self.assertEqual(check.state, "printed", "nothing is half done")

    def test_void_reopens_the_voucher(self):
        bill = self._bill(80.0)
        voucher = self._to_print(bill)
        check = self._print(voucher)
        payment = voucher.payment_id
        self._void(check)
        self.assertEqual((check.state, check.reason), ("void", "Lost in the mail"))
        self.assertEqual(check.ended_by_id, self.supervisor)
        self.assertEqual(bill.amount_residual, 80.0)
        self.assertEqual((voucher.state, voucher.reference), ("approved", False))
        self.assertEqual(payment.move_id.state, "posted")
        self.assertEqual(check.reversal_id, payment.move_id.reversal_move_ids)
        self.assertEqual(str(check.reversal_id.date), "2026-01-31")
        again = self._print(voucher, "0043")
        self.assertEqual((again.voucher_id, again.state), (voucher, "printed"))
        self.assertEqual(voucher.check_ids, again | check)

    def test_voiding_the_voucher_voids_the_check(self):
        voucher = self._to_print(self._bill(80.0))
        check = self._print(voucher)
        voucher.with_user(self.supervisor).action_void("Stolen")
        self.assertEqual((check.state, check.reason), ("void", "Stolen"))
        self.assertTrue(check.reversal_id)

    def test_a_payment_without_a_voucher(self):
        bill = self._bill(60.0)
        payment = self._register_payment(
            bill,
            payment_method_line_id=self.by_check.id,
            payment_date="2026-01-20",
        )
        payment = payment.with_user(self.clerk)
        check = self._print(payment)
        self._void(check)
        self.assertEqual(bill.amount_residual, 60.0)
        balance = sum((payment.move_id | check.reversal_id).line_ids.mapped("balance"))
        self.assertEqual(balance, 0.0)
        with self.assertRaisesRegex(UserError, "was reversed by"):
            payment.action_print_approved_checks()

    def test_several_at_once(self):
        checks = self._print(self._payment(10.0) | self._payment(20.0))
        self._void(checks)
        self.assertEqual(checks.mapped("state"), ["void", "void"])
        self.assertEqual(len(checks.reversal_id), 2)

    # What is wrong

    def _refuses(self, sentence, call):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            call()

    def test_the_bank_has_paid_it(self):
        check = self._print(self._payment(70.0))
        liquidity = check.payment_id._seek_for_lines()[0]
        statement_line = self.env["account.bank.statement.line"].create(
            {"journal_id": self.bank.id, "amount": -70.0, "payment_ref": "0042"}
        )
        suspense = statement_line._seek_for_lines()[1]
        suspense.account_id = liquidity.account_id
        (suspense | liquidity).sudo().reconcile()
        self._refuses("was paid by the bank", lambda: self._reprint(check))
        self._refuses("was paid by the bank", lambda: self._void(check))
        self.assertEqual(check.state, "printed")

    def test_dates(self):
        check = self._print(self._payment())
        self._refuses(
            "Enter that date or a later one",
            lambda: self._void(check, date="2026-01-14"),
        )
        self.company_a.sudo().fiscalyear_lock_date = "2026-02-28"
        self._refuses("is locked", lambda: self._void(check))
        self.assertEqual(check.state, "printed")

    def test_a_reason_is_needed(self):
        check = self._print(self._payment())
        for reason in ("", "  ", False, 5):
            with self.subTest(reason=reason):
                self._refuses(
                    "Enter the reason", lambda r=reason: check.action_spoil(r)
                )
                self._refuses(
                    "Enter the reason",
                    lambda r=reason: check.with_user(self.supervisor).action_void(r),
                )

        self._refuses("cannot be stored", lambda: check.action_spoil("\x00"))

    def test_what_is_no_date(self):
        check = self._print(self._payment()).with_user(self.supervisor)
        for date in ("soon", "2026-02-30", 5, ["2026-01-31"]):
            with self.subTest(date=date):
                self._refuses("", lambda d=date: check.action_void("Lost", d))
        check.action_void("Lost", "2026-01-31")
        self.assertEqual(str(check.reversal_id.date), "2026-01-31")

    def test_twice(self):
        check = self._print(self._payment())
        self._void(check)
        self._refuses("is Void: this action is not", lambda: self._void(check))
        self._refuses("is Void: this action is not", lambda: self._reprint(check))

    def test_who_may(self):
        check = self._print(self._payment())
        self._refuses(
            "Only supervisors can do this",
            lambda: check.with_user(self.clerk).action_void("Lost"),
        )
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                check.with_user(user).action_spoil("Jam")
            with self.subTest(user.login), self.assertRaises(AccessError):
                check.with_user(user).action_void("Lost")
        self.assertEqual(check.with_user(self.clerk).allowed_actions, ["spoil"])
        self.assertEqual(
            check.with_user(self.supervisor).allowed_actions, ["spoil", "void"]
        )

from functools import partial

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CheckCommon


@tagged("post_install", "-at_install")
class TestCheckRegister(CheckCommon):
    """Each number of a bank account is used once, and stays in the register."""

    def test_a_voucher_is_paid_printed_and_bears_the_number(self):
        bill = self._bill(1234.56)
        voucher = self._to_print(bill)
        check = self._print(voucher)
        self.assertRecordValues(
            check,
            [
                {
                    "name": "0042",
                    "state": "printed",
                    "payment_id": voucher.payment_id.id,
                    "voucher_id": voucher.id,
                    "payee": "partner_a",
                    "address": "12 Harbour Road\nBuffalo NY 14201",
                    "amount": 1234.56,
                    "amount_figures": "***1,234.56",
                    "amount_words": "One thousand two hundred thirty-four and "
                    "56/100 dollars",
                    "printed_by_id": self.clerk.id,
                }
            ],
        )
        self.assertEqual((voucher.state, voucher.reference), ("paid", "0042"))
        self.assertEqual(bill.amount_residual, 0.0)
        self.assertTrue(voucher.payment_id.is_sent)
        self.assertEqual(voucher.payment_id.check_number, "0042")

    def test_the_paper_is_kept_when_the_contact_changes(self):
        check = self._print(self._payment())
        self.partner_a.write({"name": "Renamed", "street": "Elsewhere 1"})
        self.assertEqual(check.payee, "partner_a")
        self.assertIn("12 Harbour Road", check.address)

    def test_many_at_once_in_the_order_of_their_dates(self):
        payments = self._payment(30.0, date="2026-01-17")
        payments |= self._payment(10.0) | self._payment(20.0)
        checks = self._print(payments)
        self.assertEqual(checks.mapped("name"), ["0042", "0043", "0044"])
        self.assertEqual(checks.mapped("amount"), [10.0, 20.0, 30.0])
        dialog = self._dialog(self._payment(), first=None)
        self.assertEqual(dialog.first_number.lstrip("0"), "45")

    def test_vouchers_paid_and_unpaid_together(self):
        vouchers = self._to_print(self._bill(10.0)) | self._to_print(self._bill(20.0))
        vouchers[0].action_pay()
        checks = self._print(vouchers)
        self.assertEqual(sorted(checks.mapped("amount")), [10.0, 20.0])
        self.assertEqual(set(vouchers.mapped("state")), {"paid"})
        self.assertEqual(set(vouchers.mapped("reference")), {"0042", "0043"})

    def test_sheets_of_a_long_stub_take_numbers(self):
        """Would have caught: the second check is printed on the second sheet of the
        first, so that all numbers that follow are wrong."""
        self.env.company.account_check_printing_multi_stub = True
        bills = [self._bill(10.0 + number) for number in range(12)]
        vouchers = self._to_print(*bills) | self._to_print(self._bill(5.0))
        checks = self._print(vouchers)
        self.assertEqual(checks.mapped("name"), ["0042", "0044"])
        rows = vouchers.check_ids
        self.assertRecordValues(
            rows.sorted("number_order"),
            [
                {"name": "0042", "state": "printed", "sheet": 1, "reason": False},
                {
                    "name": "0043",
                    "state": "void",
                    "sheet": 2,
                    "reason": "Sheet 2 of check 0042",
                },
                {"name": "0044", "state": "printed", "sheet": 1, "reason": False},
            ],
        )

    def test_stock_without_numbers_counts_by_itself(self):
        self.bank.check_manual_sequencing = True
        self.bank.check_next_number = "00100"
        first, second = self._payment(10.0), self._payment(20.0)
        self.assertEqual(first.check_number, "00100")
        checks = self._print(second | first, first=None)
        self.assertEqual(checks.mapped("name"), ["00100", "00101"])
        again = self._reprint(checks[0])
        self.assertEqual(again.name, "00102")
        self.assertEqual(self._payment().check_number, "00103")

    def test_core_enters_the_register_too(self):
        """An accountant prints from the dialog of core."""
        accountant = self._new_user("accountant_a", "account.group_account_user")
        payment = self._payment().with_user(accountant)
        action = payment.print_checks()
        dialog = payment.env[action["res_model"]].with_context(**action["context"])
        report = dialog.create({"next_check_number": "0071"}).print_checks()
        self.assertEqual(
            report["report_name"], "invoicing_clerk_check.report_check_top"
        )
        check = payment.sudo().check_ids
        self.assertEqual((check.name, check.printed_by_id), ("0071", accountant))

    def test_a_void_number_is_never_used_again(self):
        """Core would take it: it compares with posted payments only."""
        check = self._print(self._payment())
        self._void(check)
        for number in ("0042", "42", "00042"):
            dialog = self._dialog(self._payment(), number)
            sentence = r"0042 of Bank is already used \(Void\). The next number is 0*43"
            with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
                dialog.action_print()

    def test_a_payment_has_one_check(self):
        payment = self._payment()
        self._print(payment)
        with self.assertRaisesRegex(UserError, "0042 is already printed for"):
            payment.action_print_approved_checks()
        payment.unmark_as_sent()
        payment.with_user(self.env.user).check_number = "0042"
        with self.assertRaisesRegex(UserError, "void and reprint it in the check"):
            payment.do_print_checks()

    @mute_logger("odoo.sql_db")
    def test_the_database_keeps_numbers_apart(self):
        check = self._print(self._payment())
        values = {"payment_id": self._payment().id, "name": "00042"}
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            check.sudo().copy({**values, "number_order": "00042".zfill(20)})
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            check.sudo().copy({"name": "43", "number_order": "43"})

    # What is wrong

    def _refuses(self, sentence, payment, first="0042"):
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            self._dialog(payment, first).action_print()
        self.assertFalse(payment.check_ids)
        self.assertFalse(payment.is_sent)

    def test_what_cannot_be_printed_is_said(self):
        for sentence, values in (
            ("The amount of .* is zero", {"amount": 0.0}),
            ("has no payee", {"partner_id": False}),
            ("too long for a check: Nine hundred", {"amount": 999_999_999_999.99}),
        ):
            with self.subTest(sentence):
                self._refuses(sentence, self._payment(**values))
        manual = self.bank.outbound_payment_method_line_ids - self.by_check
        transfer = self._payment(payment_method_line_id=manual[:1].id)
        self._refuses("is not paid by check: its payment method is", transfer)
        draft = self._payment()
        draft.action_draft()
        self._refuses("is Draft. Only posted payments are printed", draft)
        self.partner_b.street = False
        self._refuses(
            "partner_b has no complete address. Enter street and city",
            self._payment(partner_id=self.partner_b.id),
        )
        self.partner_b.write({"street": "1 Main Street", "name": "Long " * 30})
        self._refuses(
            "The name of the payee of .* is too long",
            self._payment(partner_id=self.partner_b.id),
        )

    def test_numbers_that_are_none(self):
        payment = self._payment()
        for number, sentence in (
            ("", "is not a check number"),
            ("12a", "“12a” is not a check number. Enter the number on the first sheet"),
            ("-5", "is not a check number"),
            ("0", "is not a check number"),
            ("2147483647", "is larger than 2147483646"),
            ("99999999999", "is larger than 2147483646"),
        ):
            with self.subTest(number):
                dialog = self._dialog(payment)
                dialog.first_number = number
                with self.assertRaisesRegex(UserError, sentence):
                    dialog.action_print()
        self.assertFalse(payment.check_ids)

    def test_the_largest_number(self):
        check = self._print(self._payment(), "2147483646")
        self.assertEqual(check.name, "2147483646")
        self._refuses("is larger than 2147483646", self._payment(), "2147483647")

    def test_a_journal_without_a_sequence(self):
        payment = self._payment()
        self.bank.check_sequence_id.sudo().unlink()
        self._refuses("Bank has no sequence of check numbers", payment)
        self.bank.check_next_number = "00050"
        self.assertEqual(self._print(payment, None).name, "00050")

    def test_margins_that_move_the_text_off_the_check(self):
        self.env.company.account_check_printing_margin_top = 0.75
        self._refuses("margins of .* move the text off the check", self._payment())

    def test_without_a_layout(self):
        self.env.company.account_check_printing_layout = "disabled"
        payment = self._payment()
        dialog = self._dialog(payment)
        with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
            dialog.action_print()
        self.assertIn("choose a check layout", str(caught.exception))
        self.assertFalse(payment.check_ids)

    def test_payments_of_several_accounts(self):
        other = self.bank.copy({"code": "BNK9"})
        line = other.outbound_payment_method_line_ids.filtered(
            lambda each: each.code == "check_printing"
        )
        payments = self._payment() | self._payment(
            journal_id=other.id, payment_method_line_id=line.id
        )
        with self.assertRaisesRegex(UserError, "from several bank accounts"):
            payments.action_print_approved_checks()

    def test_vouchers_that_are_not_approved(self):
        values = {"payment_method_line_id": self.by_check.id, "partner_bank_id": False}
        draft = self._voucher(self._bill(10.0), **values)
        with self.assertRaisesRegex(UserError, "is Draft. Checks are printed for appr"):
            draft.action_print_checks()
        transfer = self._approved(self._bill(10.0))
        with self.assertRaisesRegex(UserError, "is not paid by check"):
            transfer.action_print_checks()

    def test_a_failure_pays_nothing(self):
        self.partner_a.city = False
        voucher = self._to_print(self._bill(10.0))
        dialog = self._dialog(voucher)
        sentence = "no complete address"
        with self.assertRaisesRegex(UserError, sentence), self.env.cr.savepoint():
            dialog.action_print()
        self.assertEqual(voucher.state, "approved")
        self.assertFalse(voucher.payment_id)

    # Guards

    def test_a_printed_payment_is_not_undone(self):
        payment = self._payment()
        self._print(payment)
        for undo in (
            payment.action_draft,
            payment.action_cancel,
            payment.action_void_check,
            payment.move_id.button_draft,
            payment.unlink,
            payment.action_reject,
            partial(payment.write, {"state": "draft"}),
            partial(payment.write, {"amount": 1.0}),
            partial(payment.write, {"memo": "Other"}),
            partial(payment.write, {"check_number": "0099"}),
        ):
            refused = self.assertRaisesRegex(UserError, "0042")
            with self.subTest(str(undo)), refused, self.env.cr.savepoint():
                undo()
        self.assertEqual((payment.state, payment.check_number), ("in_process", "0042"))

    def test_nobody_writes_the_register(self):
        check = self._print(self._payment())
        for user in (self.clerk, self.supervisor, self.auditor):
            for name, value in (
                ("name", "0099"),
                ("amount", 5.0),
                ("state", "void"),
                ("payee", "Somebody else"),
                ("printed_by_id", user.id),
            ):
                refused = self.assertRaises(AccessError)
                with self.subTest(user=user.login, name=name), refused:
                    check.with_user(user).write({name: value})
            with self.assertRaises(UserError):
                check.with_user(user).unlink()
            with self.assertRaises(UserError):
                check.with_user(user).copy({"name": "77"})
        with self.assertRaisesRegex(UserError, "are kept on record"):
            check.sudo().unlink()
        with self.assertRaises(AccessError):
            check.payment_id.check_ids = [Command.clear()]

    def test_who_sees_the_register(self):
        check = self._print(self._payment())
        for user in (self.clerk, self.colleague, self.supervisor, self.auditor):
            self.assertEqual(check.with_user(user).name, "0042")
        for user in (self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                check.with_user(user).read(["name"])

    def test_who_prints(self):
        payment = self._payment()
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self.subTest(user.login), self.assertRaises(AccessError):
                payment.with_user(user).action_print_approved_checks()
            with self.subTest(user.login), self.assertRaises(AccessError):
                payment.with_user(user).do_print_checks()
        self.assertFalse(payment.check_ids)

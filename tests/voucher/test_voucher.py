from functools import partial
from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.voucher.common import VoucherCommon


@tagged("post_install", "-at_install")
class TestVoucher(VoucherCommon):
    """Items on a voucher are settled exactly, and once."""

    def test_a_bill_is_paid(self):
        bill = self._bill(100.0)
        voucher = self._approved(bill)
        voucher.reference = "4711"
        voucher.action_pay()
        self.assertEqual(voucher.state, "paid")
        self.assertEqual(bill.amount_residual, 0.0)
        payment = voucher.payment_id
        self.assertEqual((payment.amount, payment.payment_reference), (100.0, "4711"))
        self.assertEqual(payment.partner_bank_id, self.account)
        self.assertIn(voucher.name, payment.memo)
        self.assertEqual(voucher.payment_date, fields.Date.context_today(voucher))

    def test_parts_of_bills_are_paid(self):
        bills = [self._bill(amount) for amount in (100.0, 50.0, 30.0)]
        voucher = self._approved(*bills, amounts=(40.0, 20.0))
        self.assertEqual(voucher.amount, 90.0)
        voucher.action_pay()
        self.assertEqual([bill.amount_residual for bill in bills], [60.0, 30.0, 0.0])

    def test_a_credit_is_refunded_to_the_customer(self):
        credit = self._posted((1, 80.0), move_type="out_refund", taxes=self.no_tax)
        voucher = self._approved(credit, kind="refund")
        voucher.action_pay()
        self.assertEqual(credit.amount_residual, 0.0)
        self.assertEqual(voucher.payment_id.partner_type, "customer")

    def test_an_expense_is_charged_to_its_accounts(self):
        voucher = self._expense(12.5)
        self.assertFalse(voucher.partner_bank_id)
        voucher.action_prepare()
        voucher.with_user(self.supervisor).action_approve()
        voucher.action_pay()
        entry = voucher.receipt_move_id
        self.assertEqual((entry.amount_total, entry.amount_residual), (12.5, 0.0))
        self.assertEqual(
            entry.invoice_line_ids.account_id,
            self.company_data["default_account_expense"],
        )

    def test_in_a_foreign_currency(self):
        bill = self._bill(100.0, currency=self.foreign_currency)
        voucher = self._approved(bill, currency_id=self.foreign_currency.id)
        self.assertEqual((voucher.amount, voucher.company_amount), (100.0, 50.0))
        voucher.action_pay()
        self.assertEqual(bill.amount_residual, 0.0)

    def test_bills_are_selected_by_payee_and_currency(self):
        bills = self._bill(10.0) | self._bill(20.0)
        bills |= self._bill(30.0, partner=self.partner_b, ref="V-4711")
        bills |= self._bill(40.0, currency=self.foreign_currency)
        bills.with_user(self.clerk).action_prepare_voucher()
        vouchers = self.env["clerk.voucher"].with_user(self.clerk)
        vouchers = vouchers.search([], order="amount")
        self.assertEqual(vouchers.mapped("amount"), [30.0, 30.0, 40.0])
        self.assertIn("V-4711", vouchers.mapped("memo"))
        with self.assertRaisesRegex(UserError, "amount due"):
            self._posted().with_user(self.clerk).action_prepare_voucher()

    def test_open_items_are_added(self):
        late = self._bill(10.0, invoice_date_due="2026-02-10")
        early = self._bill(20.0, invoice_date_due="2026-02-05")
        self._bill(40.0, currency=self.foreign_currency)
        self._voucher(self._bill(30.0)).action_prepare()
        voucher = self._voucher()
        voucher.action_add_open_items()
        self.assertEqual(voucher.line_ids.move_id, early | late)
        self.assertEqual(voucher.amount, 30.0)
        with self.assertRaisesRegex(UserError, "no more open items of partner_a"):
            voucher.action_add_open_items()
        for user in (self.auditor, self.outsider):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                voucher.with_user(user).action_add_open_items()
        voucher.action_prepare()
        with self.assertRaises(UserError):
            voucher.action_add_open_items()

    def test_as_a_form(self):
        bill = self._bill(70.0)
        with Form(self.env["clerk.voucher"].with_user(self.clerk)) as form:
            form.partner_id = self.partner_a
            with form.line_ids.new() as line:
                line.item_id = self._item(bill)
                self.assertEqual(line.amount, 70.0)
        self.assertEqual(form.record.amount, 70.0)

    @given(
        st.lists(st.tuples(st.integers(1, 9999), st.integers(1, 9999)), max_size=6),
        st.booleans(),
    )
    @property_of(15)
    def test_what_is_paid_is_what_the_lines_say(self, pairs, twice):
        """Σ lines = payment = what is no longer open, and never more than was."""
        with self.env.cr.savepoint() as savepoint:
            pairs = [(1000, 500), *pairs]
            bills = [self._bill(owed / 100) for owed, _paid in pairs]
            amounts = [min(owed, paid) / 100 for owed, paid in pairs]
            voucher = self._approved(*bills, amounts=amounts)
            voucher.action_pay()
            if twice:
                rest = self._approved(bills[0])
                rest.action_pay()
                self.assertEqual(rest.payment_id.amount, 5.0)
            expected = [
                (owed - round(amount * 100)) / 100
                for (owed, _paid), amount in zip(pairs, amounts, strict=True)
            ]
            if twice:
                expected[0] = 0.0
            for bill, residual in zip(bills, expected, strict=True):
                self.assertAlmostEqual(bill.amount_residual, residual, 2)
            self.assertAlmostEqual(voucher.payment_id.amount, sum(amounts), 2)
            savepoint.rollback()


@tagged("post_install", "-at_install")
class TestVoucherDuty(VoucherCommon):
    """Steps and the people who take them."""

    def _walk(self, amount, people):
        """Take the steps as these people; return the first step that is refused."""
        self.company_a.sudo().clerk_voucher_two_people = 10.0
        voucher = self._voucher(self._bill(amount), user=people[0])
        voucher.action_prepare()
        steps = zip(("check", "approve", "pay"), people[1:], strict=True)
        for step, user in steps:
            if step == "check" and not user:
                continue
            try:
                with self.env.cr.savepoint():
                    getattr(voucher.with_user(user), f"action_{step}")()
            except UserError as refusal:
                self.assertIn(voucher.name, str(refusal))
                return step
        self.assertEqual(voucher.state, "paid")
        return None

    def test_number_of_people_by_amount(self):
        """Each amount and each distribution of the steps over four people."""
        one, two, three, four = (
            *(self.supervisor, self.manager),
            *(
                self._new_user(f"s{n}", "invoicing_clerk.group_supervisor")
                for n in "34"
            ),
        )
        table = {
            (9.99, (one, None, one, one)): None,
            (10.0, (one, None, one, one)): "approve",
            (10.0, (one, None, two, one)): None,
            (4999.99, (one, one, two, two)): None,
            (5000.0, (one, None, two, one)): "approve",
            (5000.0, (one, one, two, three)): "check",
            (5000.0, (one, two, two, three)): "approve",
            (5000.0, (one, two, three, one)): None,
            (25000.0, (one, two, three, one)): "pay",
            (25000.0, (one, two, three, two)): "pay",
            (25000.0, (one, two, three, three)): "pay",
            (25000.0, (one, two, three, four)): None,
        }
        for (amount, people), refused in table.items():
            names = [person and person.login for person in people]
            with self.subTest(names, amount=amount), self.env.cr.savepoint() as undo:
                self.assertEqual(self._walk(amount, people), refused)
                undo.rollback()

    def test_whoever_entered_it_does_not_approve_it(self):
        """Would have caught: one entered it, a colleague handed it in, and the first
        one approved it."""

        def enter(voucher):
            return self._voucher(self._bill(), user=self.supervisor)

        def change(voucher):
            voucher.with_user(self.supervisor).memo = "x"
            return voucher

        def change_a_line(voucher):
            voucher.line_ids.with_user(self.supervisor).amount = 5.0
            return voucher

        for touch in (enter, change, change_a_line):
            with self.subTest(touch.__name__), self.env.cr.savepoint() as savepoint:
                voucher = touch(self._voucher(self._bill()))
                voucher.with_user(self.clerk).action_prepare()
                with self.assertRaisesRegex(UserError, "entered or prepared"):
                    voucher.with_user(self.supervisor).action_approve()
                voucher.with_user(self.manager).action_approve()
                savepoint.rollback()

    def test_a_limit_is_needed_to_approve(self):
        voucher = self._voucher(self._bill(100.0))
        voucher.action_prepare()
        self.assertNotIn("approve", voucher.with_user(self.colleague).allowed_actions)
        with self.assertRaisesRegex(UserError, "no limit for payment vouchers"):
            voucher.with_user(self.colleague).action_approve()
        self.env["clerk.approval.limit"].with_user(self.supervisor).create(
            {"kind": "voucher", "user_id": self.colleague.id, "amount": 99.99}
        )
        with self.assertRaisesRegex(UserError, "above the limit"):
            voucher.with_user(self.colleague).action_approve()

    def test_vouchers_for_one_payee_add_up(self):
        """Would have caught two vouchers of 60 past a limit of 100."""
        self.env["clerk.approval.limit"].with_user(self.supervisor).create(
            {"kind": "voucher", "user_id": self.colleague.id, "amount": 100.0}
        )
        first, second = self._voucher(self._bill(60.0)), self._voucher(self._bill(60.0))
        other = self._voucher(self._bill(60.0, partner=self.partner_b))
        for voucher in (first, second, other):
            voucher.action_prepare()
        first.with_user(self.colleague).action_approve()
        other.with_user(self.colleague).action_approve()
        with self.assertRaisesRegex(UserError, "120.00"):
            second.with_user(self.colleague).action_approve()
        second.with_user(self.supervisor).action_approve()

    def test_limits_of_corrections_do_not_approve_vouchers(self):
        self.env["clerk.approval.limit"].with_user(self.supervisor).create(
            {"user_id": self.colleague.id, "unlimited": True}
        )
        voucher = self._voucher(self._bill(1.0))
        voucher.action_prepare()
        with self.assertRaises(UserError):
            voucher.with_user(self.colleague).action_approve()

    def test_strangers_and_auditors(self):
        voucher = self._voucher(self._bill())
        self.assertEqual(voucher.with_user(self.auditor).amount, 100.0)
        for user, step in product(
            (self.auditor, self.outsider, self.clerk_b),
            ("prepare", "check", "approve", "pay", "cancel"),
        ):
            with (
                self.subTest(user=user.login, step=step),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                getattr(voucher.with_user(user), f"action_{step}")()

    def test_what_was_agreed_is_not_changed(self):
        voucher = self._approved(self._bill())
        for vals in (
            {"partner_id": self.partner_b.id},
            {"partner_bank_id": False},
            {"memo": "x"},
            {"line_ids": [Command.update(voucher.line_ids.id, {"amount": 1.0})]},
            {"line_ids": [Command.delete(voucher.line_ids.id)]},
        ):
            for user in (self.clerk, self.supervisor):
                with (
                    self.subTest(str(vals), user=user.login),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    voucher.with_user(user).write(vals)
        for vals in ({"state": "paid"}, {"approved_by_id": self.clerk.id}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                voucher.write(vals)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            voucher.line_ids.amount = 1.0

    def test_sent_back(self):
        """The approval is void, and the reason can be read."""
        voucher = self._approved(self._bill())
        with self.assertRaisesRegex(UserError, "Enter a reason"):
            voucher.action_return(" ")
        wizard = self.env["clerk.voucher.return"].with_user(self.manager)
        wizard.with_context(active_model="clerk.voucher", active_id=voucher.id).create(
            {"reason": "The amount is wrong."}
        ).action_return()
        self.assertEqual(voucher.state, "draft")
        self.assertFalse(voucher.approved_by_id | voucher.prepared_by_id)
        self.assertIn("The amount is wrong.", voucher.message_ids[0].body)
        with self.assertRaises(UserError):
            voucher.action_pay()


@tagged("post_install", "-at_install")
class TestVoucherRefused(VoucherCommon):
    """Bad input, and what changed between approval and payment."""

    def test_what_a_voucher_cannot_pay(self):
        bill = self._bill()
        draft = bill.copy()
        refused = (
            ("no open item", self._voucher, (draft,), {}),
            ("no open item", self._voucher, (self._posted(),), {}),
            ("no open item", self._voucher, (bill,), {"partner_id": self.partner_b.id}),
            (
                "no open item",
                self._voucher,
                (bill,),
                {"currency_id": self.foreign_currency.id},
            ),
            ("Enter an account", self._voucher, (bill,), {"kind": "expense"}),
            (
                "no account for an expense",
                self._expense,
                (),
                {
                    "line_ids": [
                        Command.create(
                            {"account_id": self._item(bill).account_id.id, "amount": 1}
                        )
                    ]
                },
            ),
        )
        for sentence, enter, moves, values in refused:
            with (
                self.subTest(sentence, values=values),
                self.assertRaisesRegex(ValidationError, sentence),
                self.env.cr.savepoint(),
            ):
                if moves:
                    values["amounts"] = (10.0,)
                enter(*moves, **values)

    @mute_logger("odoo.sql_db")
    def test_amounts(self):
        for amount in (0.0, -5.0):
            with (
                self.subTest(amount),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self._expense(amount)
        voucher = self._voucher(self._bill(100.0), amounts=(100.01,))
        with self.assertRaisesRegex(UserError, "100.00 are open"):
            voucher.action_prepare()
        with self.assertRaisesRegex(UserError, "Enter what it pays"):
            self._voucher().action_prepare()

    def test_two_vouchers_for_one_bill(self):
        bill = self._bill(100.0)
        first = self._voucher(bill, amounts=(70.0,))
        second = self._voucher(bill, amounts=(30.01,))
        first.action_prepare()
        with self.assertRaisesRegex(UserError, first.name):
            second.action_prepare()
        first.action_cancel()
        second.action_prepare()

    def test_paid_meanwhile(self):
        bill = self._bill(100.0)
        voucher = self._approved(bill)
        self._pay(bill)
        with self.assertRaisesRegex(UserError, "open"):
            voucher.action_pay()
        self.assertFalse(voucher.payment_id)

    def test_bank_accounts(self):
        """Each change of the payee's account between approval and payment."""

        def replaced(account):
            account.acc_number = "BE68539007547034"

        def untrusted(account):
            account.allow_out_payment = False

        def other_holder(account):
            account.acc_holder_name = "Somebody Else"

        def archived(account):
            account.active = False

        for change, sentence in (
            (replaced, "approved for the bank account BE71096123456769"),
            (untrusted, "not trusted"),
            (other_holder, "entered or changed"),
            (archived, "not an active account"),
        ):
            with self.subTest(change.__name__), self.env.cr.savepoint() as savepoint:
                voucher = self._approved(self._bill())
                self.account.allow_out_payment = False
                change(self.account)
                if change is not untrusted:
                    self.account.allow_out_payment = True
                with self.assertRaisesRegex(UserError, sentence):
                    voucher.action_pay()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_a_change_of_an_account_is_not_backdated(self):
        for vals in ({"clerk_changed_on": False}, {"clerk_changed_on": "2020-01-01"}):
            with self.assertRaises(AccessError):
                self.account.with_user(self.clerk).write(vals)

    def test_days_of_a_new_account(self):
        self.account.allow_out_payment = False
        self.account.acc_number = "BE68539007547034"
        self.account.allow_out_payment = True
        voucher = self._approved(self._bill())
        with self.assertRaisesRegex(UserError, "is paid from"):
            voucher.action_pay()
        self.company_a.sudo().clerk_voucher_bank_days = 0
        voucher.action_pay()

    def test_locked_period_and_archived_payee(self):
        voucher = self._approved(self._bill())
        today = fields.Date.context_today(voucher)
        for years in (-2, 2):
            voucher.payment_date = fields.Date.add(today, years=years)
            with self.assertRaisesRegex(UserError, "is too far away"):
                voucher.action_pay()
        voucher.payment_date = locked = fields.Date.subtract(today, days=200)
        self.company_a.sudo().hard_lock_date = locked
        with self.assertRaisesRegex(UserError, "locked"):
            voucher.action_pay()
        voucher.payment_date = False
        self.partner_a.sudo().active = False
        with self.assertRaisesRegex(UserError, "archived"):
            voucher.action_pay()

    def test_thresholds_do_not_decrease(self):
        with self.assertRaisesRegex(ValidationError, "do not decrease"):
            self.company_a.sudo().clerk_voucher_three_people = 50000.0

    def test_paid_vouchers_are_kept(self):
        voucher = self._approved(self._bill())
        voucher.action_pay()
        backdate = partial(voucher.write, {"payment_date": "2026-01-01"})
        for act in (voucher.unlink, voucher.action_cancel, backdate):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                act()


@tagged("post_install", "-at_install")
class TestVoucherPrint(VoucherCommon):
    """The voucher on paper, and the register."""

    def _html(self, report, vouchers):
        content, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.clerk)
            ._render_qweb_html(f"invoicing_clerk.{report}", vouchers.ids)
        )
        return " ".join(content.decode().split())

    def test_signatures_and_stamp(self):
        voucher = self._approved(self._bill(1234.56), memo="Rent <b>January</b>")
        html = self._html("report_voucher", voucher)
        self.assertNotIn('name="stamp"', html)
        self.assertIn("Rent &lt;b&gt;January&lt;/b&gt;", html)
        self.assertIn(self.supervisor.name, html)
        self.assertIn("One thousand", html)
        voucher.reference = "000123"
        voucher.action_pay()
        html = self._html("report_voucher", voucher)
        self.assertIn("PAID", html)
        self.assertIn("000123", html)

    def test_register(self):
        vouchers = self._voucher(self._bill(10.0)) | self._voucher(self._bill(20.0))
        vouchers |= self._approved(self._bill(5.0))
        html = self._html("report_voucher_register", vouchers)
        for text in (*vouchers.mapped("name"), "30.00", "Approved"):
            self.assertIn(text, html)

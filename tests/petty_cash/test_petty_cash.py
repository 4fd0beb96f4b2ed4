from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.petty_cash.common import PettyCashCommon
from odoo.addons.invoicing_clerk.tests.properties import property_of


@tagged("post_install", "-at_install")
class TestPettyCash(PettyCashCommon):
    """A box from its first replenishment to a count."""

    def test_the_fund_is_paid_in_and_restored(self):
        first = self._replenish()
        self.assertEqual((first.amount, first.increase), (500.0, 500.0))
        self.assertEqual(self.box.cash_on_hand, 500.0)
        vouchers = self._paid_out(12.5) | self._paid_out(80.0)
        self.assertEqual((self.box.cash_on_hand, self.box.paid_out), (407.5, 92.5))
        second = self._replenish()
        self.assertEqual((second.amount, second.increase), (92.5, 0.0))
        self.assertEqual(second.replenished_ids, vouchers)
        self.assertEqual((self.box.cash_on_hand, self.box.paid_out), (500.0, 0.0))

    def test_what_is_paid_out_is_charged_at_once(self):
        self._replenish()
        voucher = self._paid_out(12.5)
        self.assertEqual(voucher.state, "paid")
        self.assertEqual(voucher.receipt_move_id.amount_residual, 0.0)
        self.assertEqual(
            voucher.receipt_move_id.invoice_line_ids.account_id, self.expense_account
        )
        self.assertEqual(voucher.prepared_by_id | voucher.paid_by_id, self.clerk)

    def test_as_a_form(self):
        self._replenish()
        action = self.box.with_user(self.clerk).action_pay_out()
        vouchers = self.env["clerk.voucher"].with_user(self.clerk)
        with Form(vouchers.with_context(**action["context"])) as form:
            self.assertEqual(form.journal_id, self.cash)
            form.partner_id = self.partner_a
            with form.line_ids.new() as line:
                line.account_id = self.expense_account
                line.name = "Stamps"
                line.amount = 9.9
        self._attach(form.record)
        form.record.action_pay_out()
        self.assertEqual(self.box.cash_on_hand, 490.1)

    def test_a_larger_fund_is_paid_in_next_time(self):
        self._replenish()
        self._paid_out(40.0)
        self.box.fund = 700.0
        voucher = self._replenish()
        self.assertEqual((voucher.amount, voucher.increase), (240.0, 200.0))
        self.assertEqual(self.box.cash_on_hand, 700.0)
        self.box.fund = 300.0
        with self.assertRaisesRegex(UserError, "400.00 more than its fund"):
            self._replenishment()

    def test_counted(self):
        self._replenish()
        self._paid_out(20.0)
        with self.assertRaisesRegex(UserError, "3.00 short"):
            self._count(477)
        count = self._count(477, note="Change given twice")
        self.assertEqual((count.cash_expected, count.difference), (480.0, -3.0))
        self.assertEqual(self.box.cash_on_hand, 477.0)
        self.assertEqual((self.box.paid_out, self.box.short), (20.0, 3.0))
        self.assertEqual(self._replenish().amount, 23.0)
        over = self._count(501, note="Found below the box")
        self.assertEqual(over.difference, 1.0)
        self.assertEqual(self.box.cash_on_hand, 501.0)
        with self.assertRaisesRegex(UserError, "1.00 more than its fund"):
            self._replenishment()
        self._paid_out(20.0)
        self.assertEqual(self._replenish().amount, 19.0)
        exact = self._count(500)
        self.assertFalse(exact.move_id)

    def test_the_entry_of_a_count_is_kept(self):
        self._replenish()
        entry = self._count(497, note="Change given twice").move_id
        for user in (self.clerk, self.supervisor):
            with self.assertRaisesRegex(UserError, "count again"):
                entry.with_user(user).button_draft()
        self.assertEqual(self.box.cash_on_hand, 497.0)

    def test_cash_is_not_paid_out_in_advance(self):
        self._replenish()
        tomorrow = fields.Date.add(fields.Date.today(), days=2)
        voucher = self._small(payment_date=tomorrow)
        with self.assertRaisesRegex(UserError, "Cash leaves the box today"):
            voucher.action_pay_out()

    def test_the_usual_notes_and_coins(self):
        action = self.box.with_user(self.colleague).action_count()
        counts = self.env["clerk.petty.count"].with_user(self.colleague)
        count = counts.browse(action["res_id"])
        self.assertIn(20.0, count.cash_ids.mapped("value"))
        count.action_add_denominations()
        values = count.cash_ids.mapped("value")
        self.assertEqual(len(values), len(set(values)))

    def test_put_back_into_the_box(self):
        """A voided payout is cancelled, and is not replenished."""
        self._replenish()
        voucher = self._paid_out(30.0)
        voucher.with_user(self.supervisor).action_void("Goods returned")
        self.assertEqual(voucher.state, "cancelled")
        self.assertEqual((self.box.cash_on_hand, self.box.paid_out), (500.0, 0.0))
        other = self._paid_out(30.0)
        self._replenishment()
        with self.assertRaisesRegex(UserError, "replenishes it"):
            other.with_user(self.supervisor).action_void("Goods returned")

    def test_a_replenishment_that_is_not_paid(self):
        self._replenish()
        self._paid_out(30.0)
        draft = self._replenishment()
        with self.assertRaisesRegex(UserError, f"{draft.name} already replenishes"):
            self._replenishment()
        draft.with_user(self.colleague).action_cancel()
        again = self._replenishment()
        self.assertEqual(again.amount, 30.0)
        again.with_user(self.colleague).unlink()
        self.assertEqual(self._replenish().amount, 30.0)
        with self.assertRaisesRegex(UserError, "Nothing is missing"):
            self._replenishment()

    def test_entries_of_others_are_shown(self):
        self._replenish()
        self.assertFalse(self.box.unexplained)
        move = self.env["account.move"].create(
            {
                "journal_id": self.cash.id,
                "line_ids": [
                    Command.create({"account_id": account.id, "balance": balance})
                    for account, balance in (
                        (self.cash.default_account_id, -7.0),
                        (self.expense_account, 7.0),
                    )
                ],
            }
        )
        move.action_post()
        self.box.invalidate_recordset()
        self.assertIn("-7.00", self.box.unexplained.replace("\N{MINUS SIGN}", "-"))

    def test_in_a_foreign_currency(self):
        journal = self.env["account.journal"].create(
            {
                "name": "Cash abroad",
                "code": "CSHF",
                "type": "cash",
                "currency_id": self.foreign_currency.id,
            }
        )
        box = self._new_box(journal, fund=200.0)
        self._replenish(box)
        voucher = self._paid_out(40.0, box=box)
        self.assertEqual(voucher.currency_id, self.foreign_currency)
        self.assertEqual(voucher.company_amount, 20.0)
        self.assertEqual((box.cash_on_hand, box.paid_out), (160.0, 40.0))
        self._replenish(box)
        self.assertEqual((box.cash_on_hand, box.unexplained), (200.0, False))

    def test_queries_do_not_grow_with_vouchers(self):
        self._replenish()
        names = ["cash_on_hand", "paid_out", "short", "unexplained"]
        self._paid_out(1.0)
        few = self._count_queries(self.box.read, names)
        for _number in range(5):
            self._paid_out(1.0)
        self._assert_no_more_queries(few, self._count_queries(self.box.read, names))

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["pay", "void", "replenish", "count", "draft", "fund"]),
                st.integers(1, 9999),
            ),
            min_size=6,
            max_size=14,
        )
    )
    @property_of(12)
    def test_cash_and_vouchers_are_the_fund(self, acts):
        """At any moment: cash + vouchers + missing = the fund that was paid in."""
        with self.env.cr.savepoint() as savepoint:
            self._replenish()
            for act, number in acts:
                self._act(act, number / 100)
                box = self.box._boxes()[self.box]
                self.assertEqual(box.unexplained, Decimal(0), (act, number))
                self.assertEqual(box.cash, self._cash_in_the_books(), (act, number))
            savepoint.rollback()

    def _cash_in_the_books(self):
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", self.cash.default_account_id.id),
                ("parent_state", "=", "posted"),
            ]
        )
        return sum(Decimal(str(line.balance)) for line in lines).quantize(
            Decimal("0.01")
        )

    def _act(self, act, amount):
        """Do something with the box; what is refused changes nothing."""
        acts = {
            "pay": lambda: self._paid_out(amount),
            "void": self._void_last,
            "replenish": self._replenish,
            "count": lambda: self._count(
                round(self.box.cash_on_hand - amount / 10), note="Counted"
            ),
            "draft": self._replenishment,
            "fund": lambda: self.box.write({"fund": 300.0 + amount}),
        }
        self.box.invalidate_recordset()
        try:
            with self.env.cr.savepoint():
                acts[act]()
        except UserError:
            self.env.invalidate_all()

    def _void_last(self):
        voucher = self.env["clerk.voucher"].search(
            [("kind", "=", "petty"), ("state", "=", "paid")], limit=1
        )
        voucher.with_user(self.supervisor).action_void("Goods returned")


@tagged("post_install", "-at_install")
class TestPettyCashRefused(PettyCashCommon):
    """Rights, and bad input."""

    def test_what_is_not_paid_out(self):
        self._replenish()
        cases = (
            ("Attach the receipt", {"receipt": False}),
            ("above the maximum of", {"amount": 100.01}),
            ("kept in", {"currency_id": self.foreign_currency.id}),
            ("Enter what it pays", {"line_ids": []}),
        )
        for sentence, values in cases:
            voucher = self._small(**values)
            with (
                self.subTest(sentence),
                self.assertRaisesRegex(UserError, sentence),
                self.env.cr.savepoint(),
            ):
                voucher.action_pay_out()
            self.assertEqual(voucher.state, "draft")
        self.box.maximum = 500.0
        self._paid_out(450.0)
        with self.assertRaisesRegex(UserError, "more than there is in the box"):
            self._paid_out(50.01)
        with self.assertRaisesRegex(AccessError, "the custodian of a petty cash"):
            self._expense().action_pay_out()
        with self.assertRaisesRegex(UserError, "Use Pay Out"):
            self._small().action_prepare()

    def test_locked_period(self):
        self._replenish()
        voucher = self._small(payment_date="2016-01-31")
        with self.assertRaisesRegex(UserError, "is too far away"):
            voucher.action_pay_out()
        voucher.payment_date = "2026-01-31"
        self.company_a.sudo().hard_lock_date = "2026-01-31"
        with self.assertRaisesRegex(UserError, "locked"):
            voucher.action_pay_out()

    def test_only_the_custodian_pays_out(self):
        self._replenish()
        voucher = self._small()
        for user in (self.colleague, self.supervisor, self.auditor, self.clerk_b):
            with (
                self.subTest(user.login),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                voucher.with_user(user).action_pay_out()
        self.assertNotIn("pay_out", voucher.with_user(self.colleague).allowed_actions)
        self.assertIn("pay_out", voucher.with_user(self.clerk).allowed_actions)

    def test_the_custodian_does_not_count(self):
        self._replenish()
        with self.assertRaisesRegex(UserError, "a colleague has to count it"):
            self._count(500, user=self.clerk)

    def test_only_supervisors_change_a_box(self):
        for user in (self.clerk, self.auditor, self.outsider, self.clerk_b):
            for vals in ({"fund": 900.0}, {"custodian_id": user.id}):
                with (
                    self.subTest(user=user.login, vals=vals),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    self.box.with_user(user).write(vals)

    @mute_logger("odoo.sql_db")
    def test_amounts_of_a_box(self):
        for vals in ({"fund": -1.0}, {"fund": 0.0}, {"maximum": 0.0}, {"maximum": 501}):
            with (
                self.subTest(vals),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.box.write(vals)

    def test_journals(self):
        other = self.cash.copy({"code": "CSH9"})
        other.default_account_id = self.cash.default_account_id
        with (
            self.assertRaisesRegex(ValidationError, "already the account of"),
            self.env.cr.savepoint(),
        ):
            self._new_box(other)
        plain = self.env["account.journal"].create(
            {"name": "Plain", "code": "CSHP", "type": "cash"}
        )
        outstanding = self.bank.outbound_payment_method_line_ids.payment_account_id[:1]
        with (
            self.assertRaisesRegex(ValidationError, "do not leave its account at once"),
            self.env.cr.savepoint(),
        ):
            box = self._new_box(plain)
            plain.outbound_payment_method_line_ids.payment_account_id = outstanding
            box._check_journal()

    def test_who_holds_a_box(self):
        for user in (self.outsider, self.clerk_b, self.auditor):
            with (
                self.subTest(user.login),
                self.assertRaisesRegex(ValidationError, "not a clerk of"),
                self.env.cr.savepoint(),
            ):
                self.box.custodian_id = user

    def test_receipts_are_kept(self):
        self._replenish()
        voucher = self._small(receipt=False)
        receipt = self._attach(voucher)
        voucher.action_pay_out()
        for act in (receipt.unlink, lambda: receipt.write({"raw": b"other"})):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                act()
        self.assertFalse(voucher.evidence_problem)

    def test_what_a_replenishment_pays_is_not_chosen(self):
        self._replenish()
        self._paid_out(30.0)
        voucher = self._replenishment().with_user(self.colleague)
        voucher.line_ids.amount = 31.0
        with self.assertRaisesRegex(UserError, "what was paid out of it"):
            voucher.action_prepare()
        for vals in ({"increase": 1.0}, {"replenished_ids": [Command.clear()]}):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                voucher.write(vals)
        with (
            self.assertRaisesRegex(ValidationError, "Select its account"),
            self.env.cr.savepoint(),
        ):
            voucher.line_ids.account_id = self.expense_account

    def test_a_replenishment_stays_with_its_box(self):
        """Would have caught: the draft paid into another box, or to somebody else,
        and the vouchers of this one counted as replenished."""
        self._replenish()
        other = self._new_box(self.cash.copy({"code": "CSH8", "name": "Second"}))
        self._paid_out(30.0)
        voucher = self._replenishment().with_user(self.colleague)
        for vals in (
            {"petty_cash_id": other.id},
            {"petty_cash_id": False},
            {"kind": "expense"},
            {"kind": "petty"},
        ):
            with (
                self.subTest(str(vals)),
                self.assertRaisesRegex(UserError, "replenishes Front desk"),
                self.env.cr.savepoint(),
            ):
                voucher.write(vals)
        voucher.journal_id = self.cash
        with self.assertRaisesRegex(UserError, "from a bank account"):
            voucher.action_prepare()

    def test_other_vouchers_are_not_paid_out_of_a_box(self):
        """Would have caught: cash left the box without a voucher of the box."""
        self._replenish()
        voucher = self._expense(5.0)
        with self.assertRaisesRegex(UserError, "Use Pay Out there"):
            voucher.action_prepare()
        self.assertEqual(self.box._boxes()[self.box].unexplained, Decimal(0))

    def test_the_custodian_does_not_agree_to_a_replenishment(self):
        self._replenish()
        self._paid_out(30.0)
        voucher = self._replenishment()
        voucher.with_user(self.colleague).action_prepare()
        self.box.custodian_id = self.supervisor
        former = self.clerk
        self.env["clerk.approval.limit"].with_user(self.supervisor).create(
            {"kind": "voucher", "user_id": former.id, "unlimited": True}
        )
        for user in (self.supervisor, former):
            for step in ("check", "approve"):
                with (
                    self.subTest(user=user.login, step=step),
                    self.assertRaisesRegex(UserError, "a colleague has to agree"),
                    self.env.cr.savepoint(),
                ):
                    getattr(voucher.with_user(user), f"action_{step}")()
            self.assertNotIn("approve", voucher.with_user(user).allowed_actions)
        voucher.with_user(self.manager).action_approve()

    def test_a_box_with_cash_is_not_archived(self):
        self._replenish()
        with self.assertRaisesRegex(UserError, "still holds"):
            self.box.active = False
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.box.unlink()

    def test_the_print_shows_the_accounts(self):
        self._replenish()
        self._paid_out(30.0)
        self._count(468, note="Unknown")
        voucher = self._replenishment()
        html, _kind = (
            self.env["ir.actions.report"]
            .with_user(self.clerk)
            ._render_qweb_html("invoicing_clerk.report_voucher", voucher.ids)
        )
        text = " ".join(html.decode().split())
        for expected in (self.expense_account.name, "30.00", "2.00", "32.00"):
            self.assertIn(expected, text)

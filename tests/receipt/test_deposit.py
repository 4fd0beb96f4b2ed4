from collections import Counter
from contextlib import ExitStack
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from odoo.addons.invoicing_clerk.rules.cash import DENOMINATIONS, denominations
from odoo.addons.invoicing_clerk.rules.receipt.deposit import Item, bank_amount, totals
from odoo.addons.invoicing_clerk.tests.properties import property_of
from odoo.addons.invoicing_clerk.tests.receipt.test_receipt_batch import ReceiptCommon


class DepositCommon(ReceiptCommon):
    """Posted checks and cash, and deposits of them."""

    @classmethod
    def _received(cls, *receipts, **values):
        """Post a batch of receipts, and return the payments."""
        batch = cls._batch(*receipts, **values)
        batch.action_post()
        return batch.receipt_ids.payment_id

    @classmethod
    def _deposit(cls, payments=(), cash=(), user=None, **values):
        """Enter a deposit; cash is (denomination, pieces)."""
        deposits = cls.env["clerk.deposit"].with_user(user or cls.clerk)
        return deposits.create(
            {
                "journal_id": cls.bank.id,
                "date": "2026-03-03",
                "payment_ids": [Command.link(payment.id) for payment in payments],
                "cash_ids": [
                    Command.create({"value": value, "pieces": pieces})
                    for value, pieces in cash
                ],
                **values,
            }
        )

    @classmethod
    def _at_bank(cls, *receipts, **values):
        """Take received checks to the bank."""
        deposit = cls._deposit(cls._received(*receipts), **values)
        deposit.action_deposit()
        return deposit

    def _refuses(self, sentence, error=UserError):
        """Expect a refusal, and undo what came before it."""
        stack = ExitStack()
        stack.enter_context(self.assertRaisesRegex(error, sentence))
        stack.enter_context(self.env.cr.savepoint())
        return stack


@tagged("post_install", "-at_install")
class TestDeposit(DepositCommon):
    """Slips: contents, cash, the way to the bank and back."""

    def test_money_on_the_bank_account_is_no_cash(self):
        """Transfers have no check number, either."""
        credited = self._received((False, 20.0), ("7", 5.0), is_credited=True)
        cash = self._received((False, 40.0))
        deposit = self._deposit()
        self.assertEqual(self._offered(deposit), cash)
        self.assertEqual(deposit.waiting_count, 0)
        for payment in credited:
            with self._refuses("already on the bank account"):
                self._deposit([payment])
        self.assertEqual(self._deposit([cash]).cash_amount, 40.0)

    def test_payments_without_a_receipt(self):
        """Only methods for checks and cash are taken to the bank."""
        desk = self.bank.inbound_payment_method_line_ids[:1]
        online = self._online_method()
        wire = desk.sudo().copy({"name": "Wire", "sequence": 20})
        payments = {
            method: self._registered(10.0, payment_method_line_id=method.id)
            for method in (desk, wire, online)
        }
        numbered = self._registered(
            11.0, payment_method_line_id=wire.id, payment_reference="TRF-7"
        )
        deposit = self._deposit()
        self.assertFalse(self._offered(deposit))
        for payment in (*payments.values(), numbered):
            with self._refuses("has no receipt, and .* is not a method for checks"):
                self._deposit([payment])
        desk.sudo().is_checks_or_cash = True
        self.assertEqual(self._offered(deposit), payments[desk])
        self.assertEqual(self._deposit([payments[desk]]).cash_amount, 10.0)
        with self._refuses("and Wire is not a method for checks and cash"):
            self._deposit([payments[wire]])
        self.assertFalse(self._offered(deposit))

    def test_accountants_say_what_checks_and_cash_are(self):
        """Would have caught: a clerk marked a method by RPC, and took a transfer to
        the bank as cash."""
        method = self.bank.inbound_payment_method_line_ids[:1]
        for user in (self.clerk, self.supervisor):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                method.with_user(user).is_checks_or_cash = True
            forged = method.with_user(user).with_context(default_is_checks_or_cash=True)
            made = forged.create(
                {
                    "journal_id": self.bank.id,
                    "payment_method_id": method.payment_method_id.id,
                    "name": f"Made by {user.name}",
                }
            )
            self.assertFalse(made.is_checks_or_cash)
        method.is_checks_or_cash = True
        self.assertTrue(method.is_checks_or_cash)

    def test_receipts_are_taken_to_the_bank_by_any_method(self):
        check = self._received(
            ("7", 5.0), payment_method_line_id=self._online_method().id
        )
        self.assertEqual(self._offered(self._deposit()), check)

    def test_a_check_presented_again_is_taken_to_the_bank(self):
        check = self._received(("101", 50.0))
        again = self._registered(50.0, payment_reference="101")
        reasons = self.env["clerk.bounce.reason"].with_user(self.clerk)
        reason = reasons.search([("scheme", "=", "check")], limit=1)
        values = {"payment_id": check.id, "reason_id": reason.id}
        bounce = reason.env["clerk.bounce"].create({"date": "2026-03-03", **values})
        deposit = self._deposit(check)
        self.assertFalse(self._offered(deposit))
        bounce._inside().presented_payment_id = again
        self.assertEqual(self._offered(deposit), again)

    def _offered(self, deposit):
        payments = self.env["account.payment"].with_user(self.clerk)
        offered = payments.search(payments._waiting_for_deposit(deposit))
        self.assertTrue(all(offered.mapped("is_at_hand")))
        return offered

    def _registered(self, amount, **values):
        """Register a payment in core, without a receipt."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner_a.id,
                "amount": amount,
                "date": "2026-03-02",
                "journal_id": self.bank.id,
                **values,
            }
        )
        payment.action_post()
        return payment.with_user(self.clerk)

    def _online_method(self):
        """Return the payment method of a provider on the bank journal."""
        methods = self.env["account.payment.method"].sudo()
        method = methods.create(
            {"name": "Online", "code": "clerk_test", "payment_type": "inbound"}
        )
        lines = self.env["account.payment.method.line"].sudo()
        return lines.create(
            {
                "payment_method_id": method.id,
                "journal_id": self.bank.id,
                "name": "Online",
                "payment_account_id": self.bank.inbound_payment_method_line_ids[
                    :1
                ].payment_account_id.id,
            }
        )

    def test_payments_are_found_in_the_dialog(self):
        """By check number, payer or batch: the fields of its search view."""
        checks = self._received(
            ("101", 50.0, {"payer": "D. Meyer", "partner_id": False}),
            ("102", 70.5),
        )
        other = self._received(("2101", 20.0, {"partner_id": self.partner_b.id}))
        batch = checks.receipt_ids.batch_id
        for name, text, found in (
            ("payment_reference", "102", checks[1]),
            ("payment_reference", "101", checks[0] | other),
            ("partner_id", "meyer", checks[0]),
            ("partner_id", "partner_b", other),
            ("receipt_ids", batch.name, checks),
            ("receipt_ids", "no such batch", other.browse()),
        ):
            with self.subTest(field=name, text=text):
                self.assertEqual(self._sought(name, text), found)

    def _sought(self, name, text):
        """Return what a field of the dialog's search view finds, as a clerk."""
        deposits = self.env["clerk.deposit"].with_user(self.clerk)
        form = fromstring(deposits.get_view(view_type="form")["arch"])
        context = form.xpath("//field[@name='payment_ids']/@context")[0]
        payments = self.env["account.payment"].with_user(self.clerk)
        view = payments.with_context(**safe_eval(context)).get_view(view_type="search")
        field = fromstring(view["arch"]).xpath(f"//field[@name='{name}']")[0]
        domain = field.get("filter_domain") or str([(name, "ilike", text)])
        return payments.search(
            [
                *safe_eval(domain, {"self": text}),
                ("id", "in", self._offered(self._deposit()).ids),
            ]
        ).sorted("id")

    def test_waiting_checks_are_added_at_once(self):
        payments = self._received(
            ("101", 50.0), ("102", 70.5), (False, 20.0, {"payer": "Smith"})
        )
        deposit = self._deposit()
        self.assertEqual(deposit.waiting_count, 2)
        deposit.action_add_waiting()
        self.assertEqual(deposit.payment_ids, payments[:2])
        self.assertEqual((deposit.check_count, deposit.check_amount), (2, 120.5))
        self.assertEqual(deposit.waiting_count, 0)
        with self._refuses("No posted check of Bank in USD is waiting on 03/03/2026"):
            deposit.action_add_waiting()

    def test_checks_are_selected_in_the_form(self):
        payments = self._received(("101", 50.0), ("102", 70.5))
        with Form(self.env["clerk.deposit"].with_user(self.clerk)) as form:
            form.date = "2026-03-03"
            form.payment_ids.add(payments[1])
            self.assertEqual(form.total, 70.5)
        deposit = form.record
        self.assertEqual(deposit.payment_ids, payments[1])
        self.assertEqual(payments[1].deposit_id, deposit)
        with Form(deposit) as form:
            form.payment_ids.remove(payments[1].id)
        self.assertFalse(payments.deposit_id)

    def test_checks_dated_later_wait(self):
        self._received(("101", 50.0))
        deposit = self._deposit(date="2026-03-01")
        self.assertEqual(deposit.waiting_count, 0)
        deposit.date = "2026-03-02"
        deposit.action_add_waiting()
        with self._refuses("is dated 03/02/2026, after the deposit"):
            deposit.date = "2026-03-01"

    def test_cash_is_counted_and_covers_the_cash_payments(self):
        payments = self._received(("101", 50.0), (False, 45.25, {"payer": "Smith"}))
        deposit = self._deposit(payments, cash=[(20, 2)])
        self.assertEqual((deposit.cash_amount, deposit.counted_amount), (45.25, 40.0))
        self.assertEqual(deposit.cash_note, "$\xa05.25 less")
        with self._refuses(
            "The notes and coins are .*40.00, the cash payments .*45.25: .*5.25 less"
        ):
            deposit.action_deposit()
        deposit.action_count_cash()
        deposit.invalidate_recordset()
        self.assertEqual(
            deposit.cash_ids.mapped("value"),
            [float(each) for each in denominations("USD")],
        )
        rows = {row.value: row for row in deposit.cash_ids}
        rows[5].pieces = 1
        rows[0.25].pieces = 1
        self.assertFalse(deposit.cash_note)
        deposit.action_deposit()
        self.assertEqual((deposit.state, deposit.total), ("deposited", 95.25))
        self.assertEqual(deposit.deposited_by_id, self.clerk)
        self.assertTrue(deposit.deposited_on)

    def test_cash_without_payments_is_refused(self):
        deposit = self._deposit(self._received(("101", 50.0)), cash=[(10, 1)])
        with self._refuses("10.00 more"):
            deposit.action_deposit()

    def test_bad_cash(self):
        deposit = self._deposit()
        for row, sentence in (
            ((0, 1), "value of a note or coin"),
            ((-5, 1), "value of a note or coin"),
            ((5, -1), "cannot be negative"),
        ):
            with self._refuses(sentence):
                deposit.cash_ids = [Command.create({"value": row[0], "pieces": row[1]})]
        foreign = self._deposit(currency_id=self.foreign_currency.id)
        foreign.action_count_cash()
        self.assertEqual(foreign.cash_ids[0].value, 500)
        currencies = self.env["res.currency"].sudo()
        unknown = currencies.create({"name": "ZZZ", "symbol": "Z"})
        with self._refuses("The notes and coins of ZZZ are not known"):
            self._deposit(currency_id=unknown.id).action_count_cash()

    def test_a_year_that_is_mistyped(self):
        with self._refuses("03/03/2062 is too far ahead"):
            self._at_bank(("101", 50.0), date="2062-03-03")

    def test_an_empty_deposit_stays(self):
        with self._refuses(": Add the checks or the cash first"):
            self._deposit().action_deposit()

    def test_a_payment_is_in_one_deposit(self):
        payments = self._received(("101", 50.0))
        first = self._deposit(payments)
        with self._refuses(f"is already in {first.name}"):
            self._deposit(payments)
        second = self._deposit()
        with self._refuses(f"is already in {first.name}"):
            payments.deposit_id = second
        first.action_cancel()
        self.assertFalse(first.payment_ids)
        self.assertIn("50.00", first.message_ids[0].body)
        second.action_add_waiting()
        self.assertEqual(second.payment_ids, payments)

    def test_what_does_not_fit_is_refused(self):
        payments = self._received(("101", 50.0))
        other_bank = self.bank.copy({"code": "OB"})
        other_bank.name = "Other Bank"
        foreign = self._received(("7", 5.0), currency_id=self.foreign_currency.id)
        outbound = payments.copy({"payment_type": "outbound", "date": "2026-03-02"})
        draft = payments.copy({"date": "2026-03-02"})
        draft.sudo().payment_method_line_id.is_checks_or_cash = True
        for payment, values, sentence in (
            (payments, {"journal_id": other_bank.id}, "not a payment of Other Bank"),
            (foreign, {}, "is in EUR. A deposit has one currency"),
            (outbound, {}, "is not an incoming payment"),
            (draft, {}, "is not posted. Post it first"),
        ):
            with self._refuses(sentence):
                self._deposit(payment, **values)
        sales = self.company_data["default_journal_sale"]
        with self._refuses("not a bank journal"):
            self._deposit(journal_id=sales.id)

    def test_nothing_outstanding_to_deposit(self):
        """Payments on the bank account itself, without entry, or reversed."""
        method = self.bank.inbound_payment_method_line_ids[:1]
        method.payment_account_id = self.bank.default_account_id
        direct = self._received(("101", 50.0))
        with self._refuses("was not posted to an outstanding account"):
            self._deposit(direct)
        method.payment_account_id = False
        reversed_one = self._received(("102", 50.0))
        reversed_one.sudo().move_id._reverse_moves(cancel=True)
        with self._refuses("is no longer outstanding"):
            self._deposit(reversed_one)
        without = self._received(("103", 50.0))
        without.sudo().write({"outstanding_account_id": False, "move_id": False})
        with self._refuses("has no journal entry"):
            self._deposit(without)
        self.assertEqual(self._deposit().waiting_count, 0)

    def test_back_to_draft_until_confirmed(self):
        deposit = self._at_bank(("101", 50.0))
        deposit.action_reset()
        self.assertEqual((deposit.state, deposit.deposited_on), ("draft", False))
        deposit.payment_ids = [Command.clear()]
        self.assertFalse(deposit.payment_ids)

    def test_a_deposit_at_the_bank_stays_as_it_is(self):
        deposit = self._at_bank(("101", 50.0))
        payment = deposit.payment_ids
        other = self._received(("102", 50.0))
        cash = self.env["clerk.deposit.cash"].with_user(self.clerk)
        draft = self._deposit()
        for change in (
            lambda: deposit.write({"date": "2026-03-05"}),
            lambda: deposit.write({"payment_ids": [Command.clear()]}),
            lambda: deposit.write({"payment_ids": [Command.link(other.id)]}),
            lambda: deposit.write({"cash_ids": [Command.create({"value": 5})]}),
            lambda: cash.create({"deposit_id": deposit.id, "value": 5, "pieces": 1}),
            lambda: other.write({"deposit_id": deposit.id}),
            lambda: payment.write({"deposit_id": False}),
            lambda: payment.write({"deposit_id": draft.id}),
            lambda: payment.write({"amount": 5.0}),
            lambda: payment.write({"payment_reference": "1"}),
            lambda: payment.write({"date": "2026-03-09"}),
            lambda: payment.action_draft(),
            lambda: payment.action_cancel(),
            lambda: deposit.unlink(),
            lambda: deposit.action_cancel(),
        ):
            with self._refuses("", UserError):
                change()
        for values in (
            {"state": "confirmed"},
            {"credited_amount": 5.0},
            {"move_id": payment.move_id.id},
            {"deposited_by_id": self.colleague.id},
            {"name": "X"},
            {"company_id": self.company_b.id},
            {"stamped_copy_id": False},
        ):
            with self._refuses("", AccessError):
                deposit.write(values)
        payment.memo = "Still free"
        self.assertEqual((deposit.total, deposit.state), (50.0, "deposited"))

    def test_nothing_comes_from_a_context(self):
        deposit = self._at_bank(("101", 50.0))
        forged = self.env["clerk.deposit"].with_user(self.clerk)
        forged = forged.with_context(default_state="confirmed", default_name="X")
        self.assertEqual(forged.create({}).state, "draft")
        payments = self.env["account.payment"].with_user(self.clerk)
        with self._refuses("only drafts can be changed"):
            payments.with_context(default_deposit_id=deposit.id).create(
                {"payment_type": "inbound", "amount": 5.0, "journal_id": self.bank.id}
            )
        loaded = forged.load(["state", "date"], [["confirmed", "2026-03-03"]])
        self.assertFalse(loaded["ids"])

    def test_who_enters_does_not_deposit(self):
        self.company_a.sudo().clerk_separate_deposit = True
        payments = self._received(("101", 50.0))
        deposit = self._deposit(payments)
        with self._refuses("You have entered receipts of this deposit: 101 · partner"):
            deposit.action_deposit()
        self.assertEqual(deposit.state, "draft")
        deposit.with_user(self.colleague).action_deposit()
        self.assertEqual(deposit.deposited_by_id, self.colleague)

    def test_rights(self):
        deposit = self._deposit(self._received(("101", 50.0)), cash=[])
        seen = deposit.with_user(self.auditor)
        self.assertEqual((seen.total, seen.payment_ids.drawer), (50.0, "partner_a"))
        for step in ("action_deposit", "action_cancel", "action_add_waiting"):
            with self._refuses("", AccessError):
                getattr(seen, step)()
        for user in (self.outsider, self.clerk_b):
            with self._refuses("", AccessError):
                deposit.with_user(user).read(["name"])
            with self._refuses("", AccessError):
                deposit.with_user(user).action_print()
        accountant = self.env.user
        self.assertFalse(accountant.has_group("invoicing_clerk.group_clerk"))
        with self._refuses("", AccessError):
            deposit.payment_ids.with_user(accountant).write({"deposit_id": False})
        deposit.with_user(self.supervisor).action_deposit()
        self.assertEqual(deposit.deposited_by_id, self.supervisor)

    def test_links_from_receipts_and_payments(self):
        deposit = self._at_bank(("101", 50.0))
        self._received(("102", 70.0))
        payment = deposit.payment_ids
        self.assertEqual(payment.action_open_deposit()["res_id"], deposit.id)
        receipts = self.env["clerk.receipt"].with_user(self.clerk)
        self.assertEqual(
            receipts.search([("deposit_id", "=", deposit.id)]).number, "101"
        )
        waiting = receipts.search(
            [
                ("state", "=", "posted"),
                ("deposit_id", "=", False),
                ("payment_id.is_matched", "=", False),
            ]
        )
        self.assertEqual(waiting.mapped("number"), ["102"])

    def test_the_slip(self):
        payments = self._received(
            ("102", 70.5, {"drawer_bank": "Harbor Trust", "payer": "D. Meyer"}),
            ("12", 50.0),
            (False, 20.0, {"payer": "Smith"}),
        )
        deposit = self._deposit(payments, cash=[(20, 1), (10, 0)])
        self.bank.sudo().bank_acc_number = "DE 4711"
        self.company_a.partner_id.sudo().lang = "en_US"
        self.assertEqual(
            deposit._slip_checks().mapped("payment_reference"), ["12", "102"]
        )
        report = self.env["ir.actions.report"].with_user(self.clerk)
        html, _kind = report._render_qweb_html(
            "invoicing_clerk.report_deposit", deposit.ids
        )
        text = " ".join(html.decode().split())
        for shown in (
            *(deposit.name, "DE 4711", "Harbor Trust", "D. Meyer", "Draft: not for"),
            *("03/03/2026", "140.50", "Signature of the depositor", "Checks (2)"),
        ):
            with self.subTest(shown=shown):
                self.assertIn(shown, text)
        self.assertNotIn("$\xa010.00", text)
        # A check whose drawer's bank is unknown keeps its empty cell.
        rows = fromstring(html).xpath("//table[@name='checks']//tr")
        self.assertEqual([len(row) for row in rows], [5, 5, 5])

    def test_queries_do_not_grow_with_the_payments(self):
        def take(deposit, payments):
            deposit.payment_ids = [Command.link(payment.id) for payment in payments]
            deposit.action_deposit()

        counts = []
        for start, number in ((1000, 2), (2000, 2), (3000, 12)):
            payments = self._received(
                *((str(start + each), 10.0) for each in range(number))
            )
            counts.append(self._count_queries(take, self._deposit(), payments))
        self.assertEqual(*counts[1:])


@tagged("post_install", "-at_install")
class TestDepositProperties(DepositCommon):
    """Nothing gets lost between the desk and the bank."""

    @property_of(100)
    @given(
        st.lists(st.tuples(st.integers(1, 10**7), st.sampled_from(["", " ", "7"]))),
        st.integers(-500, 500),
    )
    def test_totals_and_what_the_bank_gets(self, rows, difference):
        items = [Item(Decimal(cents) / 100, number) for cents, number in rows]
        found = totals(items)
        self.assertEqual(found.total, sum(item.amount for item in items))
        self.assertEqual(
            found.check_count, sum(bool(number.strip()) for _cents, number in rows)
        )
        credited = found.total + Decimal(difference) / 100
        booked = sum((item.amount for item in items[::2]), Decimal(0))
        debit = bank_amount(credited, found.total, booked)
        if booked != found.total:
            self.assertEqual(debit + booked, credited)

    def test_every_denomination_is_listed_once(self):
        for currency in DENOMINATIONS:
            with self.subTest(currency=currency):
                values = denominations(currency)
                self.assertEqual(values, sorted(set(values), reverse=True))

    @property_of(6)
    @given(
        amounts=st.lists(st.integers(1, 10**6), min_size=1, max_size=5),
        steps=st.lists(
            st.tuples(
                st.sampled_from(["enter", "deposit", "reset", "cancel", "remove"]),
                st.integers(0, 9),
            ),
            max_size=9,
        ),
    )
    def test_receipts_are_deposits_and_what_is_on_hand(self, amounts, steps):
        with ExitStack() as stack:
            savepoint = stack.enter_context(self.env.cr.savepoint(flush=True))
            payments = self._received(
                *((str(at), amount / 100) for at, amount in enumerate(amounts, 1))
            )
            for step, at in steps:
                self._attempt(step, at, payments)
                self._check_nothing_lost(payments)
            savepoint.rollback()
            self.env.invalidate_all()

    def _attempt(self, step, at, payments):
        """Take a step with one of the deposits; where refused, nothing happens."""
        payment = payments[at % len(payments)]
        deposits = self.env["clerk.deposit"].with_user(self.clerk).search([])
        deposit = deposits[at % len(deposits) :][:1] if deposits else deposits
        attempts = {
            "enter": lambda: self._deposit(payment),
            "deposit": deposit.action_deposit,
            "reset": deposit.action_reset,
            "cancel": deposit.action_cancel,
            "remove": lambda: deposit.write(
                {"payment_ids": [Command.unlink(payment.id)]}
            ),
        }
        try:
            with self.env.cr.savepoint():
                attempts[step]()
        except UserError:
            self.env.invalidate_all()

    def _check_nothing_lost(self, payments):
        deposits = self.env["clerk.deposit"].with_user(self.clerk).search([])
        on_hand = payments.filtered(lambda each: not each.deposit_id)
        deposited = sum(Decimal(str(deposit.total)) for deposit in deposits)
        held = sum(Decimal(str(amount)) for amount in on_hand.mapped("amount"))
        received = sum(Decimal(str(amount)) for amount in payments.mapped("amount"))
        self.assertEqual(deposited + held, received)
        listed = Counter(payment for each in deposits for payment in each.payment_ids)
        self.assertLessEqual(max(listed.values(), default=1), 1)

from base64 import b64encode

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.common import blank_pdf
from odoo.addons.invoicing_clerk.tests.receipt.test_deposit import DepositCommon


@tagged("post_install", "-at_install")
class TestDepositConfirm(DepositCommon):
    """The credit of the bank, and what it books."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._new_user("accountant_a", "invoicing_clerk.group_clerk")
        cls.accountant.sudo().group_ids += cls.env.ref("account.group_account_user")

    def _dialog(self, deposit, user=None, **values):
        dialogs = self.env["clerk.deposit.confirm"].with_user(user or self.clerk)
        return dialogs.create({"deposit_id": deposit.id, **values})

    def _confirm(self, deposit, user=None, **values):
        values.setdefault("date", "2026-03-05")
        self._dialog(deposit, user, **values).action_confirm()

    def _statement_line(self, amount, **values):
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-03-04",
                "payment_ref": "Deposit",
                "amount": amount,
                **values,
            }
        )

    def _outstanding(self, payments):
        bank_items = [payment._seek_for_lines()[0] for payment in payments.sudo()]
        return payments.env["account.move.line"].sudo().concat(*bank_items)

    def _balances(self, entry):
        return {
            account.account_type if account != self.bank.suspense_account_id else "?": (
                sum(lines.mapped("balance"))
            )
            for account, lines in entry.sudo().line_ids.grouped("account_id").items()
        }

    def test_an_entry_settles_each_payment(self):
        deposit = self._at_bank(("101", 50.0), ("102", 70.5))
        self._confirm(deposit)
        entry = deposit.move_id
        self.assertEqual((deposit.state, entry.state), ("confirmed", "posted"))
        self.assertEqual((entry.journal_id, entry.ref), (self.bank, deposit.name))
        self.assertEqual(entry.date, fields.Date.to_date("2026-03-05"))
        self.assertEqual(
            sorted(entry.line_ids.mapped("balance")), [-70.5, -50.0, 120.5]
        )
        bank = entry.line_ids.filtered(lambda line: line.balance > 0)
        self.assertEqual(bank.account_id, self.bank.default_account_id)
        payments = deposit.payment_ids
        self.assertEqual(set(payments.mapped("is_matched")), {True})
        self.assertEqual(set(payments.mapped("state")), {"paid"})
        for line in self._outstanding(payments):
            self.assertTrue(line.reconciled)
            settling = line.matched_credit_ids.credit_move_id
            self.assertEqual(
                (settling.move_id, -settling.balance), (entry, line.balance)
            )
        self.assertFalse(deposit.credit_difference)
        self.assertEqual(deposit.confirmed_by_id, self.clerk)
        with self._refuses("is Confirmed: this action is not available"):
            self._confirm(deposit)
        with self._refuses("is Confirmed: this action is not available"):
            deposit.action_reset()

    def test_a_difference_needs_a_note_and_stays_open(self):
        for credited, suspense, words in ((115.5, 5.0, "less"), (125.0, -4.5, "more")):
            with self.subTest(credited=credited):
                number = str(credited)
                deposit = self._at_bank((number, 120.5))
                dialog = {"amount": credited, "date": "2026-03-05"}
                with self._refuses(f"the slip has .*120.50: .*{words}. Enter a note"):
                    self._confirm(deposit, **dialog)
                self._confirm(deposit, note="Counted again by the bank", **dialog)
                self.assertIn(words, deposit.credit_difference)
                self.assertEqual(
                    self._balances(deposit.move_id),
                    {
                        "asset_cash": credited,
                        "asset_current": -120.5,
                        "?": suspense,
                    },
                )
                self.assertTrue(deposit.payment_ids.is_matched)

    def test_a_statement_line_is_reconciled(self):
        deposit = self._at_bank(("101", 50.0), ("102", 70.5))
        line = self._statement_line(120.5)
        dialog = self._dialog(deposit, self.accountant)
        self.assertEqual(dialog.statement_line_id, line)
        self.assertEqual(dialog.date, line.date)
        dialog.action_confirm()
        self.assertEqual(deposit.move_id, line.move_id)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(
            self._balances(line.move_id), {"asset_cash": 120.5, "asset_current": -120.5}
        )
        self.assertEqual(len(line.move_id.line_ids), 3)
        self.assertEqual(set(deposit.payment_ids.mapped("is_matched")), {True})
        self.assertEqual(deposit.credited_on, line.date)

    def test_a_statement_line_with_a_difference_stays_open(self):
        deposit = self._at_bank(("101", 50.0))
        line = self._statement_line(45.0)
        self._confirm(deposit, self.accountant, amount=45.0, note="Torn note")
        self.assertEqual(deposit.statement_line_id, line)
        self.assertFalse(line.is_reconciled)
        self.assertEqual(
            self._balances(line.move_id),
            {"asset_cash": 45.0, "asset_current": -50.0, "?": 5.0},
        )
        self.assertTrue(deposit.payment_ids.is_matched)

    def test_a_clerk_asks_an_accountant(self):
        deposit = self._at_bank(("101", 50.0))
        line = self._statement_line(50.0)
        dialog = self._dialog(deposit)
        self.assertIn("Ask an accountant", dialog.accountant_note)
        with self._refuses("not allowed to reconcile bank statement lines. Ask an"):
            dialog.action_confirm()
        with self._refuses("A bank statement line fits: .* Select it, or enter a note"):
            self._confirm(deposit, statement_line_id=False)
        self._confirm(deposit, statement_line_id=False, note="Of another shop")
        self.assertFalse(line.is_reconciled)
        self.assertNotEqual(deposit.move_id, line.move_id)

    def test_statement_lines_that_do_not_fit(self):
        deposit = self._at_bank(("101", 50.0))
        self._statement_line(50.0, date="2026-03-02")
        self._statement_line(49.99)
        other = self._statement_line(60.0)
        self.assertFalse(self._dialog(deposit).fitting_line_ids)
        with self._refuses("no longer fits"):
            self._confirm(deposit, self.accountant, statement_line_id=other.id)

    def test_payments_that_an_accountant_reconciled_before(self):
        """Nothing is booked twice."""
        deposit = self._at_bank(("101", 50.0), ("102", 70.5))
        lines = self._outstanding(deposit.payment_ids)
        first, second = lines.sorted("balance")
        self._settle(first)
        self._confirm(deposit)
        self.assertEqual(
            sorted(deposit.move_id.line_ids.mapped("balance")), [-70.5, 70.5]
        )
        self.assertTrue(second.reconciled)
        whole = self._at_bank(("103", 5.0))
        self._settle(self._outstanding(whole.payment_ids))
        self._confirm(whole)
        self.assertEqual((whole.state, whole.move_id.id), ("confirmed", False))

    def _settle(self, line):
        statement_line = self._statement_line(line.balance)
        _bank, suspense, _others = statement_line._seek_for_lines()
        suspense.account_id = line.account_id
        (suspense | line.with_env(suspense.env)).reconcile()

    def test_what_is_entered_wrong(self):
        deposit = self._at_bank(("101", 50.0))
        for values, sentence in (
            ({"amount": 0.0}, "Enter the amount that the bank has credited"),
            ({"amount": -50.0}, "Enter the amount that the bank has credited"),
            ({"date": "2026-03-02"}, "cannot have credited it on 03/02/2026, before"),
            ({"date": "2999-01-01"}, "in the future"),
        ):
            with self.subTest(values=values), self._refuses(sentence):
                self._confirm(deposit, **values)
        self.company_a.sudo().hard_lock_date = "2026-03-31"
        with self._refuses("The date 03/05/2026 is locked"):
            self._confirm(deposit)
        self.assertEqual(deposit.state, "deposited")

    def test_an_entry_that_was_reset_meanwhile(self):
        deposit = self._at_bank(("101", 50.0))
        deposit.payment_ids.sudo().move_id.button_draft()
        with self._refuses("The journal entry of .* is not posted"):
            self._confirm(deposit)

    def test_another_currency(self):
        payments = self._received(
            ("101", 50.0), ("102", 0.33), currency_id=self.foreign_currency.id
        )
        deposit = self._deposit(payments, currency_id=self.foreign_currency.id)
        deposit.action_deposit()
        self._confirm(deposit)
        entry = deposit.move_id
        self.assertEqual(sum(entry.line_ids.mapped("balance")), 0.0)
        self.assertEqual(
            sorted(entry.line_ids.mapped("amount_currency")), [-50.0, -0.33, 50.33]
        )
        self.assertEqual(set(self._outstanding(payments).mapped("reconciled")), {True})

    def test_the_rate_changed_until_the_credit(self):
        payments = self._received(("101", 50.0), currency_id=self.foreign_currency.id)
        deposit = self._deposit(payments, currency_id=self.foreign_currency.id)
        deposit.action_deposit()
        self.env["res.currency.rate"].sudo().create(
            {
                "name": "2026-03-05",
                "rate": 4.0,
                "currency_id": self.foreign_currency.id,
                "company_id": self.company_a.id,
            }
        )
        self._confirm(deposit)
        self.assertEqual(
            sorted(deposit.move_id.line_ids.mapped("balance")), [-12.5, 12.5]
        )
        [line] = self._outstanding(payments)
        self.assertEqual((line.reconciled, line.amount_residual), (True, 0.0))

    def test_a_journal_in_another_currency(self):
        journal = self.env["account.journal"].create(
            {
                "name": "Euro Bank",
                "type": "bank",
                "code": "EURB",
                "currency_id": self.foreign_currency.id,
            }
        )
        payments = self._received(("101", 50.0), ("102", 0.33), journal_id=journal.id)
        deposit = self._deposit(payments, journal_id=journal.id)
        self.assertEqual(deposit.currency_id, self.foreign_currency)
        deposit.action_deposit()
        line = self._statement_line(50.33, journal_id=journal.id)
        self._confirm(deposit, self.accountant)
        self.assertEqual(deposit.statement_line_id, line)
        self.assertTrue(line.is_reconciled)
        self.assertEqual(set(payments.mapped("is_matched")), {True})

    def test_the_stamped_copy_is_evidence(self):
        deposit = self._at_bank(("101", 50.0))
        content = blank_pdf("Stamped")
        self._confirm(deposit, document=b64encode(content), document_name="slip.pdf")
        copy = deposit.stamped_copy_id
        self.assertEqual((copy.name, copy.raw), ("slip.pdf", content))
        self.assertEqual(len(deposit.stamped_copy_hash), 64)
        self.assertFalse(deposit.evidence_problem)
        for change in (
            lambda: copy.write({"raw": b"other"}),
            lambda: copy.unlink(),
            lambda: copy.write({"res_id": 0}),
        ):
            with self._refuses("", AccessError):
                change()
        self._tamper(copy, b"other")
        self.assertIn("slip.pdf", deposit.evidence_problem)

    def test_a_stamped_copy_that_comes_later(self):
        deposit = self._at_bank(("101", 50.0))
        with self._refuses("is Deposited"):
            self._dialog(deposit, **self._copy("early.pdf")).action_add_copy()
        self._confirm(deposit)
        self.assertIn("add_copy", deposit.allowed_actions)
        with self._refuses("Select the file"):
            self._dialog(deposit).action_add_copy()
        with self._refuses("", AccessError):
            dialog = self._dialog(deposit, self.auditor, **self._copy("theirs.pdf"))
            dialog.action_add_copy()
        dialogs = self.env["clerk.deposit.confirm"].with_user(self.clerk)
        context = deposit.action_add_copy()["context"]
        with Form(dialogs.with_context(**context)) as form:
            form.document = self._copy("late.pdf")["document"]
        # The browser writes it along with the file.
        form.record.document_name = "late.pdf"
        form.record.action_add_copy()
        self.assertEqual(deposit.stamped_copy_id.name, "late.pdf")
        self.assertFalse(deposit.evidence_problem)
        self.assertNotIn("add_copy", deposit.allowed_actions or [])
        with self._refuses("Its stamped copy is late.pdf"):
            self._dialog(deposit, **self._copy("second.pdf")).action_add_copy()
        self.assertEqual(deposit.stamped_copy_id.name, "late.pdf")

    def _copy(self, name):
        return {"document": b64encode(blank_pdf(name)), "document_name": name}

    def test_what_is_no_document(self):
        deposit = self._at_bank(("101", 50.0))
        with self._refuses("cannot be used. Please upload one of these types"):
            self._confirm(deposit, document=b64encode(b"MZ\x00 no"))
        self.assertEqual(deposit.state, "deposited")

    def test_the_dialog(self):
        deposit = self._at_bank(("101", 50.0))
        action = deposit.action_confirm()
        dialogs = self.env[action["res_model"]].with_user(self.clerk)
        with Form(dialogs.with_context(**action["context"])) as form:
            self.assertEqual(form.amount, 50.0)
            form.date = "2026-03-05"
            form.amount = 45.0
            self.assertEqual(form.difference, "$\xa05.00 less")
            form.note = "Torn note"
        form.record.action_confirm()
        self.assertEqual(deposit.credited_amount, 45.0)

    def test_rights(self):
        deposit = self._at_bank(("101", 50.0))
        for user in (self.auditor, self.outsider, self.clerk_b):
            with self._refuses("", AccessError):
                self._confirm(deposit, user)
            with self._refuses("", AccessError):
                deposit.with_user(user).action_confirm()
        self._confirm(deposit, self.supervisor)
        self.assertEqual(deposit.with_user(self.auditor).credited_amount, 50.0)
        self.assertTrue(deposit.action_open_entry())

    def test_queries_grow_only_by_entry_line(self):
        counts = []
        for start, number in ((1000, 2), (2000, 4), (3000, 8)):
            deposit = self._at_bank(
                *((str(start + each), 10.0) for each in range(number))
            )
            counts.append((number, self._count_queries(self._confirm, deposit)))
        (two, first), (four, second), (eight, third) = counts
        per_line = max(0, second - first) / (four - two)
        self.assertLessEqual(third - second, max(4, per_line * (eight - four) * 1.2))

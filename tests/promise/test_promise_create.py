from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.tests.promise.common import PromiseCommon


@tagged("post_install", "-at_install")
class TestPromiseCreate(PromiseCommon):
    """Promises are recorded with their terms, which never change."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._untaxed()

    def _assert_refused(self, words, moves=None, error=ValidationError, **values):
        """No promise is recorded, and the message contains some words."""
        promises = self.env["clerk.promise"].sudo()
        before = promises.search_count([])
        with self.assertRaisesRegex(error, words):
            self._promise(self.invoice if moves is None else moves, **values)
        self.assertEqual(promises.search_count([]), before)

    def test_an_invoice_fills_in_its_open_amount(self):
        promise = self._promise(self.invoice)
        self.assertRecordValues(
            promise,
            [
                {
                    "partner_id": self.partner_a.id,
                    "company_id": self.company_a.id,
                    "amount": 100.0,
                    "amount_due": 100.0,
                    "amount_missing": 100.0,
                    "state": "open",
                    "level": 0,
                    "user_id": self.clerk.id,
                    "grace_days": 2,
                    "tolerance": 1.0,
                    "deadline": self._day(9),
                }
            ],
        )
        self.assertEqual(promise.move_ids, self.invoice)

    def test_the_form_fills_itself_in_from_the_invoice(self):
        action = self.invoice.with_user(self.clerk).action_promise()
        self.assertFalse(self._items_of(self.invoice).reconciled)
        promises = self.env["clerk.promise"].with_user(self.clerk)
        with Form(promises.with_context(**action["context"])) as form:
            self.assertEqual(form.partner_id, self.partner_a)
            self.assertEqual(form.amount, 100.0)
            form.date = self._day(3)
        self.assertEqual(form.record.item_ids, self._items_of(self.invoice))

    def test_the_form_follows_the_invoices(self):
        other = self._untaxed(30.0)
        with Form(self.env["clerk.promise"].with_user(self.clerk)) as form:
            form.partner_id = self.contact_a
            self.assertEqual(form.partner_id, self.partner_a)
            self.assertEqual(form.contact_id, self.contact_a)
            form.move_ids.add(self.invoice)
            form.move_ids.add(other)
            self.assertEqual(form.amount, 130.0)
            form.move_ids.remove(id=self.invoice.id)
            self.assertEqual(form.amount, 30.0)
            form.date = self._day(3)
        self.assertEqual(form.record.move_ids, other)

    def _items_of(self, move):
        return self._instalments(move)

    def test_a_contact_promises_for_its_customer(self):
        promise = self._promise(self.invoice, partner_id=self.contact_a.id)
        self.assertEqual(promise.partner_id, self.partner_a)
        self.assertEqual(promise.contact_id, self.contact_a)

    def test_a_customer_fills_in_overdue_undisputed_instalments(self):
        disputed = self._untaxed(40.0)
        self._open_error(disputed, {"claimed_quantity": 0})
        self._untaxed(50.0, invoice_date=self.today)
        action = self.contact_a.with_user(self.clerk).action_promise()
        self.assertEqual(
            action["context"]["default_item_ids"], self._items_of(self.invoice).ids
        )

    def test_a_new_promise_replaces_the_old_one(self):
        first = self._promise(self.invoice)
        second = self._promise(self.invoice, amount=50.0)
        self.assertRecordValues(
            first + second,
            [
                {"state": "replaced", "next_id": second.id, "level": 0},
                {"state": "open", "next_id": False, "level": 1},
            ],
        )

    def test_a_broken_promise_stays_broken_when_renewed(self):
        broken = self._judge(self._old_promise(self.invoice))
        again = self._promise(self.invoice)
        self.assertRecordValues(
            broken + again,
            [
                {"state": "broken", "next_id": again.id, "level": 0},
                {"state": "open", "next_id": False, "level": 1},
            ],
        )
        self.assertFalse(broken.activity_ids)
        self.assertEqual(self._judge(broken).state, "broken")

    def test_a_kept_promise_does_not_reopen_beside_a_newer_one(self):
        first = self._promise(self.invoice)
        payment = self._pay(self.invoice, payment_date=self.today)
        self.assertEqual(self._judge(first).state, "kept")
        self._undo(payment)
        second = self._promise(self.invoice)
        self._judge(first + second)
        self.assertEqual((first.state, second.state), ("replaced", "open"))

    def test_a_withdrawn_promise_is_no_previous_promise(self):
        self._promise(self.invoice)._withdraw("Recorded for the wrong invoice")
        self.assertEqual(self._promise(self.invoice).level, 0)

    def test_single_instalments_can_be_promised(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Half and half",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 30)
                ],
            }
        )
        invoice = self._untaxed(invoice_payment_term_id=terms.id)
        first, second = self._items_of(invoice)
        promises = self.env["clerk.promise"].with_user(self.clerk)
        for item in (first, second):
            promises += promises.create({"item_ids": item.ids, "date": self._day(5)})
        self.assertEqual(promises.mapped("state"), ["open", "open"])
        self.assertEqual(promises.mapped("amount"), [50.0, 50.0])

    def test_past_and_future_dates_are_refused(self):
        self._assert_refused("has passed", date=self._day(-1))
        self._assert_refused("is in the future", date_made=self._day(1))
        self._assert_refused("is too far ahead", date=self._day(6 * 366))

    def test_amounts_of_zero_or_above_the_open_amount_are_refused(self):
        self._assert_refused("above zero", amount=0.0)
        self._assert_refused("above zero", amount=0.001)
        self._assert_refused("above zero", amount=-5.0)
        self._assert_refused("exceeds the open amount of .*100.00", amount=100.01)

    def test_documents_that_are_not_owed_are_refused(self):
        paid = self._untaxed()
        self._pay(paid)
        draft = self._untaxed()
        draft.button_draft()
        self._assert_refused("already paid", paid)
        self._assert_refused("not posted", draft)
        self._assert_refused(
            "is not a receivable", self._untaxed(move_type="out_refund")
        )
        self._assert_refused("Choose the invoices", self.env["account.move"])

    def test_disputed_invoices_are_refused(self):
        self._open_error(self.invoice, {"claimed_quantity": 0})
        self._assert_refused(f"{self.invoice.name}.* in dispute")
        with self.assertRaisesRegex(ValidationError, "in dispute"):
            self.invoice.with_user(self.clerk).action_promise()

    def test_different_customers_or_currencies_are_refused(self):
        other = self._untaxed(partner=self.partner_b)
        foreign = self._untaxed(currency=self.foreign_currency)
        self._assert_refused("different customers", self.invoice + other)
        self._assert_refused("different currencies", self.invoice + foreign)
        self._assert_refused(
            "is partner_a, not partner_b", partner_id=self.partner_b.id
        )
        self._assert_refused("is USD, not", currency_id=self.foreign_currency.id)

    def test_invoices_of_another_company_are_refused(self):
        foreign = self._posted((1, 10.0), company_data=self.company_b_data)
        self._assert_refused("access|allowed", foreign, error=AccessError)
        self.clerk.company_ids += self.company_b
        both = self.env["clerk.promise"].with_user(self.clerk)
        both = both.with_context(
            allowed_company_ids=(self.company_a + self.company_b).ids
        )
        with self.assertRaisesRegex(ValidationError, "different companies"):
            both.create(
                {"move_ids": (self.invoice + foreign).ids, "date": self._day(1)}
            )
        with self.assertRaisesRegex(ValidationError, "Clerk Company B"):
            both.create(
                {
                    "move_ids": foreign.ids,
                    "date": self._day(1),
                    "company_id": self.company_a.id,
                }
            )

    def test_terms_cannot_be_changed(self):
        promise = self._promise(self.invoice)
        for values in (
            {"amount": 1.0},
            {"date": self._day(30)},
            {"state": "kept"},
            {"amount_received": 100.0},
            {"line_ids": [Command.clear()]},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                promise.write(values)
        promise.write({"note": "Called back", "user_id": self.colleague.id})

    def test_values_and_defaults_cannot_forge_a_verdict(self):
        with self.assertRaisesRegex(UserError, "cannot be changed"):
            self._promise(self.invoice, state="kept")
        forging = {"default_state": "kept", "default_grace_days": 99}
        promises = self.env["clerk.promise"].with_user(self.clerk)
        promise = promises.with_context(**forging).create(
            {"move_ids": self.invoice.ids, "date": self._day(1)}
        )
        self.assertEqual((promise.state, promise.grace_days), ("open", 2))

    def test_tolerance_is_in_the_currency_of_the_promise(self):
        foreign = self._untaxed(currency=self.foreign_currency)
        self.assertEqual(self._promise(foreign).tolerance, 2.0)

    def test_withdrawing_needs_a_reason(self):
        promise = self._promise(self.invoice)
        with self.assertRaisesRegex(UserError, "Enter a reason"):
            promise._withdraw(" ")
        action = promise.action_withdraw()
        wizard = self.env[action["res_model"]].with_user(self.clerk)
        wizard = wizard.with_context(**action["context"]).create({"reason": "Mistake"})
        wizard.action_apply()
        self.assertEqual(promise.state, "withdrawn")
        self.assertEqual(promise.why, "Mistake")

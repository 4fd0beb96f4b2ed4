from hypothesis import event, example, given
from hypothesis import strategies as st

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.promise import promise as rules
from odoo.addons.invoicing_clerk.tests.promise.common import (
    PromiseCommon,
    decimal,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

# What may happen to an invoice of 300.00 in three instalments, on which day, with
# how much. A payment that is taken back is one that had been made before.
DAYS = st.integers(-14, -1)
AMOUNTS = st.sampled_from([0.01, 33.33, 49.5, 99.0, 100.0, 150.0])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), DAYS, AMOUNTS),
        st.tuples(st.just("credit"), DAYS, AMOUNTS),
        st.tuples(st.just("write_off"), DAYS, AMOUNTS),
        st.tuples(st.just("undo"), st.integers(0, 4), st.none()),
        st.tuples(st.just("reject"), st.integers(0, 4), st.none()),
        st.tuples(st.just("judge"), st.none(), st.none()),
    ),
    max_size=7,
)
PARTS = st.sampled_from(
    [
        [(-9, 300.0)],
        [(-5, 120.0)],
        [(2, 300.0)],
        [(-10, 100.0), (-6, 100.0), (3, 100.0)],
        [(-8, 33.33), (-4, 200.0)],
    ]
)


@tagged("post_install", "-at_install")
class TestPromiseLedger(PromiseCommon):
    """The SQL statement judges as the plain rule does.

    The rule is given what was done to the invoice; the statement derives it from the
    ledger: instalments, two currencies at changing rates, payments with and without
    write-off, credit notes, reversals and rejections.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms_of_payment = cls.env["account.payment.term"].create(
            {
                "name": "In three",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": share, "nb_days": days}
                    )
                    for share, days in ((30, 0), (30, 30), (40, 60))
                ],
            }
        )
        cls.env["res.currency.rate"].create(
            [
                {
                    "name": cls._day(days),
                    "currency_id": cls.foreign_currency.id,
                    "company_id": cls.company_a.id,
                    "rate": rate,
                }
                for days, rate in ((-13, 2.5), (-9, 1.7), (-5, 3.1))
            ]
        )

    @property_of(10)
    @given(foreign=st.booleans(), parts=PARTS, acts=ACTS)
    # Shares of a payment with a write-off: rounded once, and not by way of rates.
    @example(foreign=False, parts=[(-5, 120.0)], acts=[("write_off", -9, 0.01)])
    @example(foreign=True, parts=[(2, 300.0)], acts=[("write_off", -9, 33.33)])
    def test_the_statement_equals_the_rule(self, foreign, parts, acts):
        with self.env.cr.savepoint() as savepoint:
            try:
                self._follow(foreign, parts, acts)
            finally:
                savepoint.rollback()
                self.env.invalidate_all()

    def _follow(self, foreign, parts, acts):
        currency = self.foreign_currency if foreign else self.currency_a
        self.invoice = self._untaxed(
            300.0,
            currency=currency,
            invoice_payment_term_id=self.terms_of_payment.id,
        )
        self.promises = self.env["clerk.promise"].sudo()
        self.promises = self.promises._create_plan(
            self._instalments(self.invoice),
            [(self._day(days), amount) for days, amount in parts],
            date_made=self._day(-12),
        )
        self.matches, self.payments = {}, []
        for number, (act, when, amount) in enumerate([*acts, ("judge", None, None)]):
            getattr(self, f"_act_{act}")(number, when, amount)

    def _act_pay(self, number, days, amount):
        amount = min(amount, self.invoice.amount_residual)
        if not amount:
            return
        payment = self._paid_on(self.invoice, days, amount)
        self.payments.append((number, payment))
        self.matches[number] = rules.payment(self._day(days), decimal(amount))

    def _act_write_off(self, number, days, amount):
        """Register a payment of the amount that writes off the remainder."""
        residual = self.invoice.amount_residual
        if amount >= residual:
            return
        payment = self._paid_on(
            self.invoice,
            days,
            amount,
            payment_difference_handling="reconcile",
            writeoff_account_id=self.company_data["default_account_expense"].id,
        )
        self.payments.append((number, payment))
        self.matches[number] = rules.Match(
            self._day(days), decimal(residual), decimal(amount)
        )

    def _act_credit(self, number, days, amount):
        amount = min(amount, self.invoice.amount_residual)
        if not amount:
            return
        self._credited_on(self.invoice, days, amount)
        self.matches[number] = rules.credit(self._day(days), decimal(amount))

    def _act_undo(self, _number, which, _amount):
        if which < len(self.payments):
            number, payment = self.payments.pop(which)
            self._undo(payment)
            del self.matches[number]
            event("undone")

    def _act_reject(self, _number, which, _amount):
        if which < len(self.payments):
            number, payment = self.payments.pop(which)
            payment.action_reject()
            found = self.matches[number]
            self.matches[number] = rules.Match(
                found.date, found.amount, found.money, undone=True
            )
            event("rejected")

    def _act_judge(self, _number, _when, _amount):
        self._judge(self.promises)
        first = self.promises[0]
        expected = rules.judge(
            rules.Terms(first.date_made, first.grace_days, decimal(first.tolerance)),
            [rules.Part(each.date, decimal(each.amount)) for each in self.promises],
            decimal(300.0),
            self.matches.values(),
            self.today,
        )
        found = [
            rules.Judgement(
                each.state, decimal(each.amount_due), decimal(each.amount_received)
            )
            for each in self.promises
        ]
        event(" ".join(each.state for each in found))
        self.assertEqual(found, expected)
        self.assertFalse(self.promises._judge(), "a second look finds nothing new")

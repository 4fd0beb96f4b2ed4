from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.invoicing_clerk.rules.forecast import forecast as rules
from odoo.addons.invoicing_clerk.tests.forecast.common import PatternCommon


@tagged("post_install", "-at_install")
class TestForecast(PatternCommon):
    """The database finds the patterns and back-tests that the rules have."""

    def test_patterns_are_those_of_the_rule(self):
        every = [each for payments in self.payments.values() for each in payments]
        company = rules.pattern(every, self.today)
        for partner, payments in self.payments.items():
            own = rules.pattern(payments, self.today)
            with self.subTest(partner=partner.name):
                found = self._row(partner)._rule_pattern()
                self.assertEqual(found, rules.usual(own, company))
                self.assertLessEqual(found.low, found.median)
                self.assertLessEqual(found.median, found.high)
        row = self._row()
        self.assertEqual(
            (row.payment_count, row.median, row.low, row.high, row.since),
            (company.count, company.median, company.low, company.high, company.since),
        )
        self.assertEqual(self._row(self.partner_b).median, 0)
        debit = self._row(self.partner_d)
        self.assertEqual((debit.low, debit.median, debit.high), (0, 0, 10))
        self.assertEqual(self._row(self.partner_c).payment_count, 1)

    def test_sentence_and_pages_of_the_customer(self):
        row = self._row(self.partner_a).with_user(self.clerk)
        self.assertEqual(
            row.sentence,
            "Usually pays 12 days past due (8 of 10 between 2 and 40 days past due); "
            "9 payments in 24 months.",
        )
        partner = self.partner_a.with_user(self.clerk)
        self.assertEqual(partner.payment_pattern, row.sentence)
        few = self.partner_c.with_user(self.clerk).payment_pattern
        self.assertIn("1 payment in 24 months: too few for a pattern", few)
        self._untaxed(partner=self.partner_a)
        self.env["clerk.receivable"].sudo()._before_refresh()
        balance = self.env["clerk.receivable"].with_user(self.clerk)
        balance = balance.search([("partner_id", "=", self.partner_a.id)])
        self.assertEqual(balance.payment_pattern, row.sentence)

    def test_ends_of_the_band_in_words(self):
        values = {"partner_id": self.partner_e.id, "payment_count": 8, "median": 3}
        few = {"payment_count": 2, "median": 0}
        for more, words in (
            ({"low": 2, "high": 9}, "(8 of 10 between 2 and 9 days past due); 8"),
            ({"low": 0, "high": 9}, "(8 of 10 from the due date to 9 days past due)"),
            (
                {"low": -1, "high": 0, "median": -1},
                "Usually pays 1 day before the due date (8 of 10 from 1 day before the "
                "due date to the due date)",
            ),
            ({"low": 3, "high": 3}, "Usually pays 3 days past due; 8 payments"),
            (
                {"low": 0, "high": 9, **few},
                "Of all customers, 8 of 10 payments are made from the due date to 9",
            ),
            ({"low": 0, "high": 0, **few}, "8 of 10 payments are made on the due date"),
            (
                {"low": 0, "high": 9, "partner_id": False},
                "Customers usually pay 3 days past due (8 of 10 payments from the due",
            ),
        ):
            with self.subTest(**more):
                sentence = self.patterns.new({**values, **more}).sentence
                self.assertIn(words, sentence)

    def test_only_money_makes_a_payment(self):
        def invoice(**values):
            return self._untaxed(
                partner=self.partner_e, invoice_date=self._day(-90), **values
            )

        half, loss, written_off, discounted = (invoice() for _number in range(4))
        self._paid_on(half, -40, 50.0)
        self._credited_on(half, -35, 50.0)
        self._paid_on(loss, -40, 5.0)
        self._book_loss(loss, 95.0)
        expense = self.company_data["default_account_expense"]
        difference = {
            "payment_difference_handling": "reconcile",
            "writeoff_account_id": expense.id,
        }
        self._paid_on(written_off, -40, 1.0, **difference)
        self._paid_on(discounted, -41, 95.0, **difference)
        # The rate of the payment is another one, so that there is a difference.
        self.foreign_currency.rate_ids.create(
            {
                "currency_id": self.foreign_currency.id,
                "company_id": self.company_a.id,
                "name": self._day(-60),
                "rate": 4.0,
            }
        )
        foreign = invoice(currency=self.foreign_currency)
        self._paid_on(foreign, -42)
        self.assertTrue(self._instalments(foreign).matched_credit_ids.exchange_move_id)
        self.patterns._refresh()
        row = self._row(self.partner_e)
        self.assertEqual((row.payment_count, row.since), (2, self._day(-42)))

    def _book_loss(self, invoice, amount):
        item = self._instalments(invoice)
        expense = self.company_data["default_account_expense"]
        entry = self.env["account.move"].create(
            {
                "date": self._day(-30),
                "journal_id": self.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.partner_e.id,
                            "balance": balance,
                        }
                    )
                    for account, balance in (
                        (expense, amount),
                        (item.account_id, -amount),
                    )
                ],
            }
        )
        entry.action_post()
        (item + self._instalments(entry)).reconcile()

    def test_each_company_has_its_own_pattern(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self.env.user.company_ids += branch
        receivable = self.partner_a.property_account_receivable_id
        self.partner_a.with_company(branch).property_account_receivable_id = receivable
        branch_data = {**self.company_data, "company": branch}
        companies = [
            (self.company_b, self.company_b_data, 3),
            (branch, branch_data, 9),
        ]
        for company, company_data, days in companies:
            invoice = self._untaxed(
                company_data=company_data,
                invoice_date=self._day(-60),
                invoice_date_due=self._day(-20 - days),
                invoice_payment_term_id=False,
            )
            self._paid_on(invoice.with_company(company), -20)
        self.patterns._refresh()
        for company, _data, days in companies:
            with self.subTest(company=company.name):
                domain = [("company_id", "=", company.id)]
                rows = self.patterns.search(domain)
                everybody = rows.filtered(lambda row: not row.partner_id)
                self.assertEqual(rows.partner_id, self.partner_a)
                self.assertEqual(rows.mapped("payment_count"), [1, 1])
                self.assertEqual(everybody.median, days)
                partner = self.partner_a.sudo().with_company(company)
                self.assertIn("too few", partner.payment_pattern)
        self.assertEqual(self._row(self.partner_a).payment_count, 9)

    def _back_test(self):
        action = self.env["clerk.payment.back.test"].with_user(self.clerk).action_open()
        test = self.env[action["res_model"]].with_user(self.clerk)
        return test.browse(action["res_id"])

    def test_later_payments_change_no_earlier_month(self):
        def results(test):
            lines = test.line_ids.filtered(lambda line: line.month < month)
            return [line.read(names)[0] for line in lines]

        names = ("month", "payment_count", "error", "error_mean", "inside")
        month = self._day(-1).replace(day=1)
        before = results(self._back_test())
        self.addCleanup(self.payments[self.partner_a].pop)
        self._book((self.partner_a, 1, 300))
        after = results(self._back_test())
        self.assertGreater(len(before), 6)
        for found, wanted in zip(after, before, strict=True):
            self.assertEqual(
                {**found, "id": 0, "display_name": ""},
                {**wanted, "id": 0, "display_name": ""},
            )

    def test_back_test_is_that_of_the_rule(self):
        test = self._back_test()
        every = [each for payments in self.payments.values() for each in payments]
        self.assertTrue(test.line_ids)
        self.assertEqual(test.payment_count, sum(test.line_ids.mapped("payment_count")))
        for line in test.line_ids:
            wanted = self._month(every, line.month)
            self.assertEqual(line.payment_count, wanted.count)
            for name, total in (
                ("error", wanted.error),
                ("error_due", wanted.error_due),
                ("error_mean", wanted.error_mean),
                ("inside", wanted.inside),
            ):
                with self.subTest(month=line.month, name=name):
                    self.assertAlmostEqual(
                        line[name], total / wanted.count, delta=0.001
                    )

    def _month(self, every, first):
        end = (first.replace(day=28) + (self._day(4) - self.today)).replace(day=1)
        months = [
            rules.back_test(payments, every, first, end)
            for payments in self.payments.values()
        ]
        return rules.Month(*map(sum, zip(*map(self._values, months), strict=True)))

    @staticmethod
    def _values(month):
        return month.count, month.inside, month.error, month.error_due, month.error_mean

    def test_back_test_bounds_its_months(self):
        tests = self.env["clerk.payment.back.test"].with_user(self.clerk)
        test = tests.create({"months": 25})
        with self.assertRaisesRegex(UserError, "cannot be 25"):
            test.action_compute()
        with self.assertRaises(AccessError):
            tests.create({"company_id": self.company_b.id})
        with self.assertRaises(AccessError):
            tests.with_user(self.outsider).action_open()
        with self.assertRaises(AccessError):
            test.write({"company_id": self.company_b.id, "months": 2})

    def test_results_are_of_who_computed_them(self):
        test = self._back_test()
        self.assertTrue(test.line_ids)
        for user in (self.colleague, self.clerk_b):
            for records in (test, test.line_ids):
                found = records.with_user(user).search([("id", "in", records.ids)])
                self.assertFalse(found)
        form = Form(test)
        form.months = 3
        self.assertFalse(len(form.line_ids))

    def test_refresh_writes_what_has_changed(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE clerk_payment_pattern SET write_date = '2020-01-01'"
        )
        gone = self.patterns.create(
            {"partner_id": self.contact_a.id, "company_id": self.company_a.id}
        )
        # The payment counts again.
        self.drafted.matched_payment_ids.move_id.action_post()
        self.assertLessEqual(self._count_queries(self.patterns._refresh), 12)
        self.assertFalse(gone.exists())
        written = self.patterns.search([("write_date", ">", "2020-01-02")])
        rows = self._row(self.partner_c) | self._row()
        self.assertEqual(written & rows, rows)
        self.assertNotIn(self._row(self.partner_a), written)

    def test_only_a_refresh_writes_rows(self):
        row = self._row(self.partner_a).with_user(self.supervisor)
        for attempt in (
            lambda: row.write({"median": 0}),
            lambda: row.unlink(),
            lambda: row.create({"company_id": self.company_a.id, "median": 9}),
        ):
            with self.assertRaises(AccessError):
                attempt()
        self.assertFalse(
            self.patterns.with_user(self.clerk_b).search([("id", "=", row.id)])
        )
        action = row.with_user(self.auditor).action_refresh()
        self.assertEqual(action["tag"], "soft_reload")

    def test_one_refresh_at_a_time(self):
        # The rows of this test have been refreshed in its transaction.
        with self.registry.cursor() as cr:
            patterns = self.patterns.with_env(self.env(cr=cr, user=SUPERUSER_ID))
            action = patterns.action_refresh()
        self.assertIn("already", action["params"]["message"])

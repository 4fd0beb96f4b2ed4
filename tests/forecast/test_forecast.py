from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.forecast import forecast as rules
from odoo.addons.invoicing_clerk.tests.forecast.common import ForecastCommon


@tagged("post_install", "-at_install")
class TestForecast(ForecastCommon):
    """The database finds the patterns, dates and back-tests that the rules have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()
        # What is no payment, or not in full.
        credited = cls._untaxed(partner=cls.partner_c, invoice_date=cls._day(-60))
        cls._credited_on(credited, -50, 100.0)
        part = cls._untaxed(partner=cls.partner_c, invoice_date=cls._day(-60))
        cls._paid_on(part, -10, 40.0)
        cls.drafted = cls._untaxed(partner=cls.partner_c, invoice_date=cls._day(-60))
        cls._pay(cls.drafted, payment_date=cls._day(-5)).move_id.button_draft()
        cls.patterns._refresh()

    def _row(self, partner=None):
        partner = partner or self.env["res.partner"]
        return self.patterns.search(
            [("partner_id", "=", partner.id), ("company_id", "=", self.company_a.id)]
        )

    def test_patterns_are_those_of_the_rule(self):
        every = [each for payments in self.payments.values() for each in payments]
        company = rules.pattern(every, self.today)
        for partner, payments in self.payments.items():
            own = rules.pattern(payments, self.today)
            with self.subTest(partner=partner.name):
                found = self._row(partner)._rule_pattern()
                self.assertEqual(found, rules.usual(own, company))
        row = self._row()
        self.assertEqual(
            (row.payment_count, row.median, row.low, row.high, row.since),
            (company.count, company.median, company.low, company.high, company.since),
        )
        self.assertEqual(self._row(self.partner_b).median, 0)
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

    def test_back_test_is_that_of_the_rule(self):
        action = self.env["clerk.payment.back.test"].with_user(self.clerk).action_open()
        test = self.env[action["res_model"]].with_user(self.clerk)
        test = test.browse(action["res_id"])
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
                    self.assertAlmostEqual(line[name], total / wanted.count, delta=0.06)

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
        row.with_user(self.auditor).action_refresh()

    # Open items

    def _open(self, due, partner=None, **values):
        return self._untaxed(
            partner=partner or self.partner_a,
            invoice_date=self._day(-100),
            invoice_date_due=self._day(due),
            invoice_payment_term_id=False,
            **values,
        )

    def test_expected_dates(self):
        promised, disputed, part = self._open(5), self._open(5), self._open(5)
        self._promise(promised, date=self._day(9))
        self._open_error(disputed, {"claimed_quantity": 0})
        self._open_error(part, {"claimed_price_unit": 70.0})
        company = self.patterns.search(
            [("partner_id", "=", False), ("company_id", "=", self.company_a.id)]
        )
        wanted = {
            self._open(0): ("pattern", self._day(12)),
            self._open(-13): ("pattern", self._day(27)),
            self._open(-41): ("late", None),
            self._open(3, self.partner_c): ("terms", self._day(3)),
            self._open(-1, self.partner_c): ("terms", self._day(company.high - 1)),
            promised: ("promise", self._day(9)),
            disputed: ("disputed", None),
            part: ("pattern", self._day(17)),
        }
        for invoice, (basis, day) in wanted.items():
            with self.subTest(invoice=invoice.name, basis=basis):
                item = self._instalments(invoice).with_user(self.clerk)
                self.assertEqual(item.expected_basis, basis)
                self.assertEqual(item.expected_date or None, day)
        self._check_report(wanted, part)

    def _check_report(self, wanted, part):
        self.env.flush_all()
        report = self.env["clerk.payment.forecast"].with_user(self.clerk)
        rows = report.search([("move_id", "in", [move.id for move in wanted])])
        self.assertEqual(len(rows), len(wanted))
        for row in rows:
            found = row.basis, row.date or None
            self.assertEqual(found, wanted[row.move_id.sudo()._origin])
        [row] = rows.filtered(lambda each: each.move_id == part)
        self.assertEqual((row.amount, row.disputed, row.expected), (100.0, 30.0, 70.0))
        self.assertEqual(row.date_low, row.date_due + timedelta(days=2))
        self.assertFalse(
            report.with_user(self.clerk_b).search([("id", "in", rows.ids)])
        )

    def test_a_list_costs_the_same_for_more_items(self):
        one = self._instalments(self._open(3)).with_user(self.clerk)
        more = (
            one
            | self._instalments(self._open(4))
            | self._instalments(self._open(4, self.partner_b))
        )
        more = more.with_user(self.clerk)

        few = self._count_queries(one.mapped, "expected_date", times=2)
        many = self._count_queries(more.mapped, "expected_date", times=2)
        self._assert_no_more_queries(few, many)

    def test_paid_and_credit_items_have_no_date(self):
        paid = self._open(3)
        self._pay(paid)
        credit = self._posted((1, 10.0), move_type="out_refund")
        for move in paid, credit:
            item = self._instalments(move).with_user(self.auditor)
            self.assertFalse(item.expected_date or item.expected_basis)
        self.assertEqual(rules.forecast(self.today, None, self.today).basis, "terms")

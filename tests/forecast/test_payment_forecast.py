from datetime import timedelta

from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.forecast import forecast as rules
from odoo.addons.invoicing_clerk.tests.forecast.common import ForecastCommon


@tagged("post_install", "-at_install")
class TestPaymentForecast(ForecastCommon):
    """Open items have the expected date of the rule, on lists and in the report."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._history()
        cls.patterns._refresh()

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

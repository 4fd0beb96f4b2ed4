from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.forecast import forecast as rules
from odoo.addons.invoicing_clerk.tests.forecast.common import PatternCommon


@tagged("post_install", "-at_install")
class TestForecastItems(PatternCommon):
    """Open items have the dates that the rule has."""

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
        for row in rows:
            has_band = row.basis in ("pattern", "terms")
            self.assertEqual(bool(row.date_low and row.date_high), has_band)
        self.assertFalse(
            report.with_user(self.clerk_b).search([("id", "in", rows.ids)])
        )

    def _forecast_of(self, *invoices):
        """Return (date, amount, unapplied, expected) of the rows of invoices."""
        self.env.flush_all()
        report = self.env["clerk.payment.forecast"].with_user(self.clerk)
        report.invalidate_model()
        rows = report.search([("move_id", "in", [move.id for move in invoices])])
        names = ("date", "amount", "unapplied", "expected")
        return [tuple(row[name] for name in names) for row in rows]

    def test_each_promised_part_has_its_date(self):
        in_parts, in_part = self._open(1), self._open(1, self.partner_b)
        item = self._instalments(in_parts).with_user(self.clerk)
        days = self._day(5), self._day(12), self._day(19)
        parts = list(zip(days, (33.34, 33.33, 33.33), strict=True))
        self.env["clerk.promise"].with_user(self.clerk)._create_plan(item, parts)
        self._promise(in_part, date=self._day(9), amount=10.0)
        self.assertEqual(
            self._forecast_of(in_parts),
            [(day, amount, 0.0, amount) for day, amount in parts],
        )
        self.assertEqual(
            (item.expected_basis, item.expected_date), ("promise", days[-1])
        )
        rest = self._instalments(in_part).with_user(self.clerk)
        self.assertEqual(
            (rest.expected_basis, rest.expected_date), ("pattern", self._day(1))
        )
        self.assertEqual(
            self._forecast_of(in_part),
            [(self._day(1), 90.0, 0.0, 90.0), (self._day(9), 10.0, 0.0, 10.0)],
        )

    def test_unapplied_credits_cover_what_is_due_first(self):
        first, last = self._open(3, self.partner_d), self._open(8, self.partner_d)
        self._untaxed(120.0, partner=self.partner_d, move_type="out_refund")
        self.assertEqual(
            self._forecast_of(first, last),
            [
                (self._day(3), 100.0, 100.0, 0.0),
                (self._day(8), 100.0, 20.0, 80.0),
            ],
        )

    def test_today_is_that_of_the_company(self):
        zones = "Pacific/Kiritimati", "Pacific/Pago_Pago"
        days = [
            fields.Date.context_today(self.env.user.with_context(tz=zone))
            for zone in zones
        ]
        # The usual day is today in the last zone, and has passed in the first.
        invoice = self._open((days[-1] - self.today).days - 12)
        item = self._instalments(invoice).with_user(self.clerk)
        pattern = self._row(self.partner_a)._rule_pattern()
        found = set()
        for zone, today in zip(zones, days, strict=True):
            self.company_a.partner_id.tz = zone
            wanted = rules.forecast(item.date_maturity, pattern, today)
            item.invalidate_recordset(["expected_date"])
            self.assertEqual(item.expected_date, wanted.day)
            self.assertEqual(self._forecast_of(invoice)[0][0], wanted.day)
            found.add(wanted.day)
        self.assertEqual(len(found), 2)

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

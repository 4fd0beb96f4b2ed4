from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)

# A weekday and a Saturday.
TUESDAY, SATURDAY = "2026-03-10 12:00:00", "2026-03-14 12:00:00"


@tagged("post_install", "-at_install")
class TestAuditTestEntry(AuditTestCommon):
    """Unusual entries are found, and nothing else is."""

    def test_manual_entries(self):
        self._pay(self._invoice(100))
        other = self.company_data["default_account_assets"]
        manual = self._entry("2026-03-01", (other, 30), (self.revenue, -30))
        forgiven = self._entry(
            "2026-03-02", (other, 20), (self.receivable, -20, self.partner_a)
        )
        self._entry("2026-03-03", (other, 7), (other, -7))
        self._entry("2026-03-04", (other, 9), (self.revenue, -9), journal="bank")
        run = self._run("MANUAL")
        self.assertEqual(
            self._found(run),
            [("manual", manual.name, 30), ("manual", forgiven.name, 20)],
        )

    def test_exchange_differences_are_not_manual(self):
        invoice = self._invoice(200, "2026-02-01", currency=self.foreign_currency)
        self.env["res.currency.rate"].create(
            {
                "name": "2026-03-01",
                "rate": 4,
                "currency_id": self.foreign_currency.id,
                "company_id": self.company_a.id,
            }
        )
        self._pay(invoice, payment_date="2026-03-10")
        self.assertTrue(invoice.line_ids.matched_credit_ids.exchange_move_id)
        self.assertEqual(self._found(self._run("MANUAL")), [])

    def test_cash_basis_taxes_are_not_manual(self):
        other = self.company_data["default_account_assets"]
        due, manual = (
            self._entry("2026-03-01", (other, 30), (self.revenue, -30))
            for _each in range(2)
        )
        self._pay(self._invoice(100), payment_date="2026-03-20")
        matched = self.env["account.partial.reconcile"].search([], limit=1)
        self._tamper(due, tax_cash_basis_rec_id=matched.id)
        self.assertEqual(
            self._found(self._run("MANUAL")), [("manual", manual.name, 30)]
        )

    def test_backdated_entries(self):
        moves = self._invoice(10, "2026-03-09") + self._invoice(20, "2026-03-05")
        late = self._invoice(30, "2026-03-04")
        bill = self._invoice(40, "2026-01-04", move_type="in_invoice")
        self._entered(moves + late + bill, TUESDAY)
        run = self._run("BACKDATED")
        self.assertEqual(self._found(run), [("backdated", late.name, 30)])
        self.assertIn("days between: 6", run.exception_ids.explanation)

    def test_dates_are_in_the_time_zone_of_the_company(self):
        self.company_a.partner_id.tz = "Pacific/Auckland"
        move = self._invoice(10, "2026-03-05")
        self._entered(move, "2026-03-10 20:00:00")
        self.assertEqual(
            self._found(self._run("BACKDATED")), [("backdated", move.name, 10)]
        )

    def test_entered_on_a_non_working_day(self):
        weekday, weekend = self._invoice(10), self._invoice(20)
        robot = self._invoice(30)
        self._entered(weekday, TUESDAY)
        self._entered(weekend + robot, SATURDAY)
        self._tamper(robot, create_uid=1)
        run = self._run("WEEKEND")
        self.assertEqual(self._found(run), [("weekend", weekend.name, 20)])

    def test_one_exception_per_person_and_day(self):
        moves = self._invoice(10) + self._invoice(20)
        other = self._invoice(30)
        self._entered(moves + other, SATURDAY)
        self._tamper(other, create_uid=self.clerk.id)
        run = self._run("WEEKEND")
        found = run.exception_ids.filtered(lambda each: each.user_id != self.clerk)
        self.assertEqual((found.amount, found.facts["count"]), (30, 2))
        domain = found.action_open_record()["domain"]
        self.assertEqual(self.env["account.move"].search(domain), moves.sorted())
        self.assertEqual(len(run.exception_ids), 2)

    def test_non_working_days_of_the_calendar(self):
        calendar = self.company_a.resource_calendar_id
        calendar.attendance_ids.filtered(lambda row: row.dayofweek == "1").unlink()
        move = self._invoice(10)
        self._entered(move, TUESDAY)
        self.assertEqual(
            self._found(self._run("WEEKEND")), [("weekend", move.name, 10)]
        )

    def test_no_non_working_days(self):
        """A company that works every day has no non-working days to test."""
        calendar = self.company_a.resource_calendar_id
        calendar.attendance_ids = [
            Command.create(
                {"name": "all", "dayofweek": day, "hour_from": 1, "hour_to": 2}
            )
            for day in "56"
        ]
        self._entered(self._invoice(10), SATURDAY)
        self._skipped("WEEKEND", "works on every day of the week")

    def test_over_a_limit(self):
        self._invoice(7500)
        above = self._invoice(7500.01)
        run = self._run("LIMIT")
        self.assertEqual(run.amount, self.audit.performance_materiality)
        self.assertEqual(self._found(run), [("over_limit", above.name, 7500.01)])
        self._skipped_limit()

    def test_a_limit_is_in_company_currency(self):
        self._invoice(10000, currency=self.foreign_currency)
        above = self._invoice(20000, currency=self.foreign_currency)
        run = self._run("LIMIT")
        self.assertEqual(self._found(run), [("over_limit", above.name, 10000)])

    def _skipped_limit(self):
        audit = self._audit(date_to="2026-06-30")
        run = self._planned("LIMIT", audit=audit, amount=0)
        run.action_run()
        self.assertEqual(run.state, "skipped")
        self.assertIn("above zero", run.reason)

    def test_round_amounts(self):
        even = self._invoice(3000)
        self._invoice(3000.5)
        self._invoice(100)
        foreign = self._invoice(4000, currency=self.foreign_currency)
        self._pay(self._invoice(2999), 1000)
        manual = self._entry(
            "2026-03-01", (self.receivable, 5000), (self.revenue, -5000)
        )
        run = self._run("ROUND")
        self.assertEqual(
            self._found(run),
            sorted(
                [
                    ("round", even.name, 3000),
                    ("round", foreign.name, 2000),
                    ("round", manual.name, 5000),
                ]
            ),
        )

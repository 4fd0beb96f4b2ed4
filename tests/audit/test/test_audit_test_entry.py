from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.rules.audit.test import audit_benford
from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)

# The first one lies in the week, the second one is a Saturday.
TUESDAY, SATURDAY = "2026-03-10 12:00:00", "2026-03-14 12:00:00"


@tagged("post_install", "-at_install")
class TestAuditTestEntry(AuditTestCommon):
    """Odd entries are found, and nothing else is."""

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

    def test_exchange_differences_are_the_programs(self):
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

    def test_taxes_that_fall_due_on_payment_are_the_programs(self):
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
        self.assertIn("6 days", run.exception_ids.explanation)

    def test_the_day_is_that_of_the_company(self):
        self.company_a.partner_id.tz = "Pacific/Auckland"
        move = self._invoice(10, "2026-03-05")
        self._entered(move, "2026-03-10 20:00:00")
        self.assertEqual(
            self._found(self._run("BACKDATED")), [("backdated", move.name, 10)]
        )

    def test_entered_on_a_free_day(self):
        weekday, weekend = self._invoice(10), self._invoice(20)
        robot = self._invoice(30)
        self._entered(weekday, TUESDAY)
        self._entered(weekend + robot, SATURDAY)
        self._tamper(robot, create_uid=1)
        run = self._run("WEEKEND")
        self.assertEqual(self._found(run), [("weekend", weekend.name, 20)])

    def test_a_free_day_is_one_exception_for_a_person(self):
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

    def test_free_days_are_those_of_the_calendar(self):
        calendar = self.company_a.resource_calendar_id
        calendar.attendance_ids.filtered(lambda row: row.dayofweek == "1").unlink()
        move = self._invoice(10)
        self._entered(move, TUESDAY)
        self.assertEqual(
            self._found(self._run("WEEKEND")), [("weekend", move.name, 10)]
        )

    def test_no_day_is_free(self):
        """A company that works every day cannot be asked for its free days."""
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


@tagged("post_install", "-at_install")
class TestAuditTestHistory(AuditTestCommon):
    """What people did one after another is found, and nothing else is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Histories are the subject; tests switch them off.
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": False,
                "mail_notrack": False,
                "mail_create_nolog": False,
            }
        )

    def _told(self):
        """Histories are written when a transaction ends."""
        self.env.flush_all()
        self.env.cr.precommit.run()

    def _drafted(self, amount, user=None):
        move = self._invoice(amount)
        self._told()
        return move.with_user(user) if user else move

    def test_posted_again(self):
        self._drafted(10)
        again = self._drafted(20)
        again.button_draft()
        self._told()
        again.action_post()
        self._told()
        reset = self._drafted(30)
        reset.button_draft()
        self._told()
        run = self._run("REPOSTED")
        self.assertEqual(self._found(run), [("reposted", again.name, 20)])
        self.assertEqual(run.population_count, 2)
        self.assertIn("1 times", run.exception_ids.explanation)

    def test_the_day_of_a_step_is_that_of_the_company(self):
        self.company_a.partner_id.tz = "Asia/Tokyo"
        again = self._drafted(20)
        again.button_draft()
        self._told()
        again.action_post()
        self._told()
        self._tamper(again.message_ids, date="2026-03-14 22:00:00")
        run = self._run("REPOSTED")
        self.assertEqual(run.exception_ids.facts["date_reset"], "2026-03-15")

    def test_posted_again_in_another_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        again = self._drafted(20).with_context(lang="fr_FR")
        again.button_draft()
        self._told()
        again.action_post()
        self._told()
        self.assertEqual(
            self._found(self._run("REPOSTED")), [("reposted", again.name, 20)]
        )

    def test_without_a_history(self):
        self.env = self.env(context={**self.env.context, "tracking_disable": True})
        move = self.env["account.move"].browse(self._invoice(10).id)
        self._told()
        self.env["mail.message"].search(
            [("model", "=", "account.move"), ("res_id", "=", move.id)]
        ).sudo().unlink()
        self._skipped("REPOSTED", "has a history")

    def _one_person(self, created, credited, paid):
        customer = (
            self.env["res.partner"].with_user(created).create({"name": "Own customer"})
        )
        invoices = self._invoice(100, partner=customer) + self._invoice(
            60, partner=customer
        )
        credit = self._invoice(
            40, partner=customer, move_type="out_refund", invoice_date="2026-04-01"
        )
        self._told()
        self.env["mail.message"].search(
            [("model", "=", "account.move"), ("res_id", "=", credit.id)]
        ).sudo().unlink()
        self._tamper(credit, create_uid=credited.id)
        payment = self._pay(invoices[:1], payment_date="2026-04-02")
        self._tamper(payment, create_uid=paid.id)
        return credit

    def test_one_person_alone(self):
        alone = self._one_person(self.clerk, self.clerk, self.clerk)
        self._one_person(self.clerk, self.clerk, self.colleague)
        self._one_person(self.clerk, self.colleague, self.clerk)
        self._one_person(self.colleague, self.clerk, self.clerk)
        run = self._run("SOD")
        self.assertEqual(self._found(run), [("sod", alone.name, 40)])
        self.assertEqual(run.exception_ids.user_id, self.clerk)
        self.assertIn("registered 1 payments", run.exception_ids.explanation)

    def test_only_payments_of_the_period_and_the_company_count(self):
        for values in ({"date": "2026-07-01"}, {"company_id": self.company_b.id}):
            credit = self._one_person(self.clerk, self.clerk, self.clerk)
            payments = self.env["account.payment"].search(
                [("partner_id", "=", credit.partner_id.id)]
            )
            self._tamper(payments, **values)
        self.assertEqual(self._found(self._run("SOD")), [])

    def test_who_posted_counts_more_than_who_entered(self):
        alone = self._one_person(self.clerk, self.colleague, self.clerk)
        alone.button_draft()
        self._told()
        alone.with_user(self.clerk).with_context(
            tracking_disable=False, mail_notrack=False
        ).action_post()
        self._told()
        self.assertEqual(self._found(self._run("SOD")), [("sod", alone.name, 40)])


@tagged("post_install", "-at_install")
class TestAuditTestBenford(AuditTestCommon):
    """First digits: a lawful population, one that is not, and one too small."""

    def _amounts(self, *amounts):
        """Invoices whose amounts are written past the ORM: a thousand take minutes."""
        pattern = self._invoice(50)
        copied = sorted(
            name
            for name, field in self.env["account.move"]._fields.items()
            if field.store and field.column_type and name not in ("id", "name")
        )
        columns = ", ".join(f'"{name}"' for name in copied)
        values = ", ".join(
            "amount" if name == "amount_untaxed_signed" else f'move."{name}"'
            for name in copied
        )
        self.env.flush_all()
        self.env.cr.execute(
            f"INSERT INTO account_move (name, {columns})"
            f" SELECT 'B/' || number, {values} FROM account_move AS move,"
            " UNNEST(%s::numeric[]) WITH ORDINALITY AS given (amount, number)"
            " WHERE move.id = %s",
            [list(amounts), pattern.id],
        )
        self._tamper(pattern, state="cancel")

    def _lawful(self, total, digits=1):
        return [
            first * 10 + 0.5
            for first in audit_benford.leading(digits)
            for _time in range(round(total * audit_benford.expected(first)))
        ]

    def test_lawful_amounts(self):
        self._amounts(*self._lawful(1000))
        run = self._run("BENFORD1")
        self.assertEqual(self._found(run), [])
        figures = self._figures(run)
        self.assertEqual((figures["verdict"], figures["digit_1"]), ("close", 301))
        self.assertIn("Close conformity", run.figures_html)
        self.assertIn("width: 90%", run.figures_html)

    def test_conspicuous_amounts(self):
        self._amounts(*self._lawful(1000), *[49.5] * 200)
        run = self._run("BENFORD1")
        self.assertEqual(self._figures(run)["verdict"], "nonconforming")
        [found] = run.exception_ids
        self.assertEqual((found.facts["digits"], found.facts["count"]), (4, 297))
        domain = found.action_open_record()["domain"]
        self.assertEqual(self.env["account.move"].search_count(domain), 297)

    def test_two_digits(self):
        self._amounts(*self._lawful(2000, digits=2), *[495.0] * 300)
        run = self._run("BENFORD2")
        self.assertEqual(
            run.exception_ids.mapped("facts"),
            [{**run.exception_ids.facts, "digits": 49}],
        )
        self.assertEqual(len(run.figures), 92)

    def test_too_few_amounts(self):
        self._amounts(90, 91, 92)
        run = self._run("BENFORD1")
        self.assertEqual(self._figures(run)["verdict"], "few")
        self.assertEqual(self._found(run), [])

    def test_small_amounts_are_left_out(self):
        self._invoice(9)
        self._skipped("BENFORD1", "contain nothing to test")

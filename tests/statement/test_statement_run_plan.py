from datetime import date

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


@tagged("post_install", "-at_install")
class TestStatementPlan(StatementCommon):
    """Automatic monthly runs.

    The first of November 2026 is a Sunday; the statements are those of October.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = cls.env["clerk.statement.run"].sudo()
        cls.env["res.company"].sudo().search([]).clerk_statement_plan = False
        cls.company_a.sudo().write(
            {
                "clerk_statement_plan": True,
                "clerk_statement_day": 1,
                "clerk_statement_user_id": cls.clerk.id,
                "clerk_statement_minimum": 5,
                "clerk_statement_type": "forward",
                "clerk_statement_delivery": "print",
            }
        )
        cls._posted((1, 100.0), taxes=cls.env["account.tax"])

    def _monthly(self, company=None):
        return self.runs.search(
            [
                ("kind", "=", "monthly"),
                ("company_id", "=", (company or self.company_a).id),
            ]
        )

    def _plan(self, day):
        self.runs._plan_company(self.company_a, date.fromisoformat(day))

    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "invoicing_clerk.ir_cron_plan_statements"
            ).sudo().method_direct_trigger()

    def test_waits_for_a_working_day(self):
        self._plan("2026-11-01")
        self.assertFalse(self._monthly())
        self._plan("2026-11-02")
        self.assertRecordValues(
            self._monthly(),
            [
                {
                    "date": date(2026, 10, 31),
                    "date_from": date(2026, 10, 1),
                    "state": "computed",
                    "type": "forward",
                    "delivery_way": "print",
                    "minimum": 5,
                    "error": False,
                }
            ],
        )
        self.assertEqual(self._statement(self._monthly()).closing_company, 100)

    def test_waits_for_the_end_of_a_holiday(self):
        self.company_a.resource_calendar_id.sudo().global_leave_ids = [
            Command.create(
                {
                    "name": "All Souls",
                    "date_from": "2026-11-02 00:00:00",
                    "date_to": "2026-11-02 23:59:59",
                }
            )
        ]
        self._plan("2026-11-02")
        self.assertFalse(self._monthly())
        self._plan("2026-11-03")
        self.assertTrue(self._monthly())

    def test_never_twice(self):
        self._plan("2026-11-02")
        run = self._monthly()
        computed = run.statement_ids
        self._plan("2026-11-03")
        self.assertEqual(self._monthly(), run)
        self.assertEqual(run.statement_ids, computed)

    def test_cancelled_month_stays_cancelled(self):
        self._plan("2026-11-02")
        run = self._monthly()
        run.with_user(self.clerk).action_cancel()
        self._plan("2026-11-03")
        self.assertEqual(self._monthly(), run)
        self.assertFalse(run.activity_ids)

    def test_run_created_at_the_same_time(self):
        values = self.runs._monthly_values(self.company_a, date(2026, 11, 2))
        mine = self.runs.with_user(self.clerk).create(values)
        with mute_logger("odoo.sql_db"):
            self.assertFalse(self.runs._make_monthly(self.company_a, date(2026, 11, 2)))
            with self.assertRaises(UniqueViolation), self.env.cr.savepoint():
                self.runs.create(values)
        self.assertEqual(self._monthly().ids, mine.ids)

    def test_activity_of_the_reviewer(self):
        self._plan("2026-11-02")
        run = self._monthly()
        self.assertRecordValues(
            run.activity_ids,
            [{"user_id": self.clerk.id, "summary": "Review the monthly statements"}],
        )
        run.with_user(self.clerk).action_review()
        self.assertFalse(run.activity_ids)

    def test_failure_stays_on_the_run_and_is_tried_again(self):
        branch = (
            self.env["res.company"]
            .sudo()
            .create({"name": "Branch North", "parent_id": self.company_a.id})
        )
        self._plan("2026-11-02")
        run = self._monthly()
        self.assertEqual(run.state, "draft")
        self.assertIn("Branch North", run.error)
        self.assertEqual(run.activity_ids.summary, "Monthly statements failed")
        told = run.activity_ids
        self._plan("2026-11-02")
        self.assertEqual(run.activity_ids, told)
        self.clerk.sudo().company_ids += branch
        self._plan("2026-11-02")
        self.assertRecordValues(run, [{"state": "computed", "error": False}])
        self.assertEqual(run.activity_ids.summary, "Review the monthly statements")

    def test_supervisors_get_the_activity_of_an_archived_reviewer(self):
        self.clerk.sudo().active = False
        self._plan("2026-11-02")
        run = self._monthly()
        self.assertEqual(run.state, "draft")
        self.assertIn(self.clerk.name, run.error)
        self.assertIn(self.supervisor, run.activity_ids.user_id)

    def test_one_company_does_not_stop_the_next(self):
        self.company_b.sudo().write(
            {"clerk_statement_user_id": self.clerk_b.id, "clerk_statement_plan": True}
        )
        both = self.company_a + self.company_b
        both.sudo().clerk_statement_day = 1
        # Without a calendar every day is a working day, also the one of this test.
        both.sudo().resource_calendar_id = False
        self.clerk.sudo().active = False
        self._cron()
        self.assertEqual(self._monthly().state, "draft")
        self.assertEqual(self._monthly(self.company_b).state, "computed")

    def test_reviewer_is_required(self):
        with self.assertRaisesRegex(ValidationError, "select who reviews"):
            self.company_a.sudo().clerk_statement_user_id = False
        with self.assertRaisesRegex(ValidationError, "cannot review"):
            self.company_a.sudo().clerk_statement_user_id = self.outsider

    def test_off_by_default(self):
        company = self.env["res.company"].sudo().create({"name": "New"})
        self.assertFalse(company.clerk_statement_plan)

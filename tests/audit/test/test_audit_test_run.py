from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditRun(AuditTestCommon):
    """Tests are run by users who may, results are kept and compared."""

    def test_a_run_keeps_its_parameters(self):
        self._invoice(100)
        run = self._run("DUP", days=7)
        self.assertEqual((run.user_id, run.days), (self.auditor, 7))
        self.assertTrue(run.run_on)
        self.assertEqual((run.population_count, run.population_amount), (1, 100))
        self.assertEqual((run.exception_count, run.open_count), (0, 0))

    def test_on_the_summary_of_the_engagement(self):
        self.assertIsNone(self.audit.with_user(self.auditor)._test_section())
        self._invoice(100, day="2026-03-14")
        self._skipped("CNPOST", "There are no customer documents")
        self._run("WEEKEND")
        run = self._run("CREDITBAL")
        section = self.audit.with_user(self.auditor)._test_section()
        row = [run.test_id.display_name, run.population_count]
        self.assertIn([*row, "$\xa0100.00", 0, 0, "$\xa00.00"], section.rows)
        self.assertIn("2 of 3 tests have a result", section.text)
        self.assertIn("Without a result: CNPOST.", section.text)

    def test_a_period_outside_the_books(self):
        self._invoice(100)
        audit = self._audit(date_from="2019-01-01", date_to="2019-12-31")
        audit.with_user(self.auditor).action_run_tests()
        self._work()
        done = audit.run_ids.filtered(lambda run: run.state == "done")
        self.assertEqual(set(done.mapped("area")), {"register"})
        self.assertFalse(audit.run_ids.filtered(lambda run: run.state == "failed"))

    def test_each_run_is_planned_once(self):
        self.audit.with_user(self.auditor).action_open_tests()
        before = len(self.audit.run_ids)
        self.audit.with_user(self.clerk).action_open_tests()
        self.assertEqual(len(self.audit.run_ids), before)

    def test_a_failed_test_can_be_run_again(self):
        self._invoice(100)
        run = self._planned("DUP")
        handler = type(self.env["clerk.audit.run"])
        with patch.object(handler, "_test_dup", side_effect=UserError("Broken")):
            run.action_run()
        self.assertEqual((run.state, run.reason), ("failed", "Broken"))
        run.action_run()
        self.assertEqual((run.state, run.reason), ("done", False))

    # Access

    def test_auditors_of_other_engagements_see_nothing(self):
        run = self._run("ACCESS")
        with self.assertRaises(AccessError):
            run.with_user(self.other_auditor).read(["state"])
        with self.assertRaises(AccessError):
            run.exception_ids.with_user(self.other_auditor).read(["state"])
        with self.assertRaises(AccessError):
            self._planned("DUP", user=self.other_auditor)

    def test_outsiders_and_other_companies(self):
        run = self._planned("DUP")
        for user in (self.outsider, self.clerk_b):
            with self.assertRaises(AccessError):
                run.with_user(user).action_run()
            with self.assertRaises(AccessError):
                self.env["clerk.audit.exception"].with_user(self.outsider).search([])

    def test_running_needs_access_to_journal_items(self):
        run = self._planned("DUP")
        rights = (
            self.env["ir.model.access"]
            .sudo()
            .search([("model_id.model", "=", "account.move.line")])
        )
        rights.perm_read = False
        with self.assertRaises(AccessError):
            run.action_run()
        self.assertEqual(run.state, "planned")

    def test_branches_belong_to_the_company(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        run = self._planned("DUP")
        run.action_run()
        self.assertEqual(run.state, "failed")
        self.assertIn(branch.name, run.reason)

    def test_bounds_of_days(self):
        for days in (-1, 1_000_000_000):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self._planned("DUP", days=days)

    def test_branches_are_tested_whichever_are_selected(self):
        """All companies of the engagement are tested, whichever are selected."""
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self.auditor.company_ids |= branch
        customer = self.env["res.partner"].create(
            {"name": "Of the branch", "company_id": branch.id}
        )
        account = self.env["res.partner.bank"].create(
            {"acc_number": "111", "partner_id": customer.id}
        )
        self._entered(account, "2026-03-03 12:00:00")
        error = self._open_error(self._invoice(40), {"claimed_quantity": 0})
        error.action_propose_correction()
        correction = error.correction_ids
        correction.date = "2026-05-05"
        correction.action_apply()
        self._tamper(correction, company_id=branch.id)
        for code, found in (("MASTER", customer), ("CORRECT", correction)):
            run = self._planned(code)
            run.with_context(allowed_company_ids=self.company_a.ids).action_run()
            self.assertEqual(run.state, "done", run.reason)
            self.assertIn(
                (found._name, found.id),
                [(each.res_model, each.res_id) for each in run.exception_ids],
            )

    # Results

    def test_results_cannot_be_written(self):
        self._invoice(100)
        run = self._run("DUP")
        for user in (self.auditor, self.clerk, self.supervisor):
            with self.assertRaises(AccessError):
                run.with_user(user).exception_count = 0
            with self.assertRaises(AccessError):
                self.env["clerk.audit.run"].with_user(user).create(
                    {
                        "audit_id": self.audit.id,
                        "test_id": self._test("TIE").id,
                        "state": "done",
                    }
                )
            with self.assertRaises(UserError):
                run.with_user(user).days = 3
            with self.assertRaises(UserError):
                run.with_user(user).unlink()
        with self.assertRaises(AccessError):
            run.with_user(self.clerk).note = "In order"
        run.note = "In order"
        self.assertEqual(run.note, "In order")

    def test_finished_runs_are_not_repeated_in_place(self):
        self._invoice(100)
        run = self._run("DUP")
        with self.assertRaisesRegex(UserError, "is Done: this action is not available"):
            run.action_run()

    def test_closed_engagements_are_read_only(self):
        self._invoice(100)
        self._invoice(100)
        run = self._run("DUP")
        planned = self._planned("TIE")
        self.audit.action_report()
        self.audit.action_close()
        with self.assertRaisesRegex(UserError, "is closed"):
            planned.action_run()
        with self.assertRaisesRegex(UserError, "is closed"):
            run.action_run_again()
        with self.assertRaisesRegex(UserError, "is closed"):
            run.exception_ids._comment("Late")

    def test_a_test_needs_a_program(self):
        with self.assertRaises(ValidationError):
            self.env["clerk.audit.test"].with_user(self.supervisor).create(
                {"code": "NONE", "name": "None", "area": "entry"}
            )

    # Running again

    def test_run_again_shows_new_and_resolved(self):
        unchanged = self._invoice(7501)
        reset = self._invoice(7502)
        run = self._run("LIMIT")
        run.exception_ids.filtered(lambda each: each.move_id == unchanged)._clear(
            "Known"
        )
        reset.button_draft()
        comes = self._invoice(7503)
        run.action_run_again()
        again = run.search([("previous_id", "=", run.id)])
        self.assertEqual((again.new_count, again.resolved_count), (1, 1))
        by_move = {each.move_id: each for each in again.exception_ids}
        self.assertEqual(by_move[unchanged].state, "cleared")
        self.assertEqual(by_move[unchanged].clear_reason, "Known")
        self.assertEqual(by_move[unchanged].cleared_by_id, self.auditor)
        self.assertEqual((by_move[comes].state, by_move[comes].is_new), ("open", True))
        resolved = run.exception_ids.search(again.action_open_resolved()["domain"])
        self.assertEqual(resolved.move_id, reset)
        self.assertFalse(run.is_current)
        self.assertIn("Previous Run", again.figures_html)
        with self.assertRaisesRegex(UserError, "has been run again"):
            run.action_run_again()

    def test_changed_exceptions_are_unresolved_again(self):
        invoice = self._invoice(7501)
        run = self._run("LIMIT")
        run.exception_ids._clear("Known")
        self._tamper(invoice, amount_total_signed=9000)
        run.action_run_again()
        again = run.search([("previous_id", "=", run.id)])
        self.assertEqual(again.exception_ids.state, "open")
        self.assertEqual((again.new_count, again.resolved_count), (1, 1))

    def test_queries_do_not_grow_with_exceptions(self):
        self._invoice(7501)
        few = self._queries_of_running_again()
        for number in range(9):
            self._invoice(8000 + number)
        self._assert_no_more_queries(few, self._queries_of_running_again())

    def _queries_of_running_again(self):
        """Return the number of queries of the second run; the first fills caches."""
        self._queries_of_a_run()
        return self._queries_of_a_run()

    def _queries_of_a_run(self):
        run = self._run("LIMIT", audit=self._audit(date_to="2026-06-30"))
        return self._count_queries(run.action_run_again)


@tagged("post_install", "-at_install")
class TestAuditRunGuard(AuditTestCommon):
    """Neither defaults in the context nor clerks forge results."""

    def test_defaults_do_not_forge_results(self):
        runs = self.env["clerk.audit.run"].with_user(self.clerk)
        run = runs.with_context(
            default_state="done",
            default_population_count=9,
            default_user_id=self.auditor.id,
            default_is_current=False,
        ).create(
            {"audit_id": self.audit.id, "test_id": self._test("DUP").id, "days": 7}
        )
        self.assertRecordValues(
            run,
            [
                {
                    "state": "planned",
                    "population_count": 0,
                    "user_id": False,
                    "is_current": True,
                    "days": 7,
                }
            ],
        )

    def test_clerks_cannot_conclude(self):
        with self.assertRaisesRegex(AccessError, "only the auditors"):
            self._planned("TIE", user=self.clerk, note="In order")
        self.assertEqual(self._planned("DUP", note="In order").note, "In order")

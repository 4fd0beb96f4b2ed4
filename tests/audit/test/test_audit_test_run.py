from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)


@tagged("post_install", "-at_install")
class TestAuditRun(AuditTestCommon):
    """Tests are run by those who may, kept as they were, and compared."""

    def test_a_run_keeps_how_it_was_run(self):
        self._invoice(100)
        run = self._run("DUP", days=7)
        self.assertEqual((run.user_id, run.days), (self.auditor, 7))
        self.assertTrue(run.run_on)
        self.assertEqual((run.population_count, run.population_amount), (1, 100))
        self.assertEqual((run.exception_count, run.open_count), (0, 0))

    def test_all_tests_of_an_engagement(self):
        self._invoice(100)
        self.audit.with_user(self.auditor).action_run_tests()
        runs = self.audit.run_ids
        self.assertEqual(runs.test_id, self.env["clerk.audit.test"].sudo().search([]))
        self.assertFalse(runs.filtered(lambda run: run.state in ("planned", "failed")))
        self.assertTrue(all(run.reason for run in runs if run.state == "skipped"))
        self.assertEqual(
            self.audit.test_exception_count, sum(runs.mapped("open_count"))
        )
        self.assertEqual(self.audit.test_run_count, len(runs))

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
        done = audit.run_ids.filtered(lambda run: run.state == "done")
        self.assertEqual(set(done.mapped("area")), {"register"})
        self.assertFalse(audit.run_ids.filtered(lambda run: run.state == "failed"))

    def test_planning_makes_each_run_once(self):
        self.audit.with_user(self.auditor).action_open_tests()
        before = len(self.audit.run_ids)
        self.audit.with_user(self.clerk).action_open_tests()
        self.assertEqual(len(self.audit.run_ids), before)

    def test_a_test_that_fails_stops_no_other(self):
        self._invoice(100)
        runs = self._planned("DUP") + self._planned("TIE")
        handler = type(self.env["clerk.audit.run"])
        with patch.object(handler, "_test_dup", side_effect=UserError("Broken")):
            runs.action_run()
        self.assertEqual(runs.mapped("state"), ["failed", "done"])
        self.assertEqual(runs[0].reason, "Broken")
        runs[0].action_run()
        self.assertEqual((runs[0].state, runs[0].reason), ("done", False))

    # Who

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

    def test_who_may_not_read_journal_items_runs_nothing(self):
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

    def test_days_that_no_calendar_has(self):
        for days in (-1, 1_000_000_000):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self._planned("DUP", days=days)

    def test_branches_are_tested_whichever_are_switched_on(self):
        """Corrections and customers too, not only the ledger."""
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

    def test_results_are_nobodys_to_write(self):
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

    def test_a_done_run_is_not_run_in_place(self):
        self._invoice(100)
        run = self._run("DUP")
        with self.assertRaisesRegex(UserError, "is Done: this action is not available"):
            run.action_run()

    def test_a_closed_engagement_stands_still(self):
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

    # Again

    def test_run_again_tells_what_is_new_and_gone(self):
        stays = self._invoice(7501)
        goes = self._invoice(7502)
        run = self._run("LIMIT")
        run.exception_ids.filtered(lambda each: each.move_id == stays)._clear("Known")
        goes.button_draft()
        comes = self._invoice(7503)
        run.action_run_again()
        again = run.search([("previous_id", "=", run.id)])
        self.assertEqual((again.new_count, again.resolved_count), (1, 1))
        by_move = {each.move_id: each for each in again.exception_ids}
        self.assertEqual(by_move[stays].state, "cleared")
        self.assertEqual(by_move[stays].clear_reason, "Known")
        self.assertEqual(by_move[stays].cleared_by_id, self.auditor)
        self.assertEqual((by_move[comes].state, by_move[comes].is_new), ("open", True))
        gone = run.exception_ids.search(again.action_open_resolved()["domain"])
        self.assertEqual(gone.move_id, goes)
        self.assertFalse(run.is_current)
        self.assertIn("Previous Run", again.figures_html)
        with self.assertRaisesRegex(UserError, "has been run again"):
            run.action_run_again()

    def test_what_changed_is_to_be_settled_again(self):
        invoice = self._invoice(7501)
        run = self._run("LIMIT")
        run.exception_ids._clear("Known")
        self._tamper(invoice, amount_total_signed=9000)
        run.action_run_again()
        again = run.search([("previous_id", "=", run.id)])
        self.assertEqual(again.exception_ids.state, "open")
        self.assertEqual((again.new_count, again.resolved_count), (1, 1))

    def test_running_again_needs_no_more_queries_for_more_exceptions(self):
        self._invoice(7501)
        few = self._queries_of_running_again()
        for number in range(9):
            self._invoice(8000 + number)
        self.assertEqual(self._queries_of_running_again(), few)

    def _queries_of_running_again(self):
        """Of the second time: the first fills what entering invoices made forgotten."""
        self._queries_of_a_run()
        return self._queries_of_a_run()

    def _queries_of_a_run(self):
        run = self._run("LIMIT", audit=self._audit(date_to="2026-06-30"))
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        run.action_run_again()
        return self.env.cr.sql_log_count - before


@tagged("post_install", "-at_install")
class TestAuditException(AuditTestCommon):
    """Exceptions are settled by those to whom it belongs."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(7501)
        self.found = self._run("LIMIT").exception_ids

    def test_it_opens_its_record(self):
        action = self.found.action_open_record()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("account.move", self.invoice.id)
        )

    def test_both_sides_comment(self):
        self.found.with_user(self.clerk)._comment("One order")
        self.found._comment("Seen")
        self.assertEqual(self.found.state, "commented")
        today = fields.Date.today()
        self.assertEqual(
            self.found.comments,
            f"{today} {self.clerk.name}: One order\n{today} {self.auditor.name}: Seen",
        )

    def test_auditors_clear_with_a_reason_and_open_again(self):
        dialog = self.found.action_clear()
        wizard = (
            self.env["clerk.audit.exception.step"]
            .with_user(self.auditor)
            .with_context(**dialog["context"])
            .create({"text": "Contract seen"})
        )
        wizard.action_apply()
        self.assertRecordValues(
            self.found,
            [
                {
                    "state": "cleared",
                    "clear_reason": "Contract seen",
                    "cleared_by_id": self.auditor.id,
                }
            ],
        )
        with self.assertRaisesRegex(UserError, "this action is not available"):
            self.found.action_clear()
        self.found.action_reopen()
        self.assertRecordValues(self.found, [{"state": "open", "clear_reason": False}])

    def test_who_is_audited_does_not_clear(self):
        for user in (self.clerk, self.supervisor):
            self.assertNotIn("clear", self.found.with_user(user).allowed_actions)
            with self.assertRaises(AccessError):
                self.found.with_user(user).action_clear()
            with self.assertRaises(AccessError):
                self.found.with_user(user)._clear("Mine")
            with self.assertRaises(AccessError):
                self.found.with_user(user).write({"state": "cleared"})

    def test_a_supervisor_clears_where_nobody_audits(self):
        audit = self._audit(date_to="2026-06-30", auditor_ids=[])
        found = self._run("LIMIT", user=self.clerk, audit=audit).exception_ids
        with self.assertRaises(AccessError):
            found._clear("Mine")
        found.with_user(self.supervisor)._clear("Seen")
        self.assertEqual(found.state, "cleared")

    def test_a_finding_of_one_and_of_many(self):
        self.found.action_raise_finding()
        finding = self.found.finding_id
        self.assertRecordValues(
            finding,
            [
                {
                    "audit_id": self.audit.id,
                    "name": f"Documents above a limit: {self.invoice.display_name}",
                    "amount": 7501,
                    "res_model": "account.move",
                    "res_id": self.invoice.id,
                }
            ],
        )
        self.assertEqual(
            (self.found.state, finding.condition), ("finding", self.found.explanation)
        )
        self._invoice(8000)
        self._invoice(9000)
        audit = self._audit(date_to="2026-06-30")
        run = self._run("LIMIT", audit=audit)
        run.exception_ids.action_raise_finding()
        many = run.exception_ids.finding_id
        self.assertRecordValues(
            many,
            [
                {
                    "name": "Documents above a limit",
                    "amount": 24501,
                    "res_model": run._name,
                    "res_id": run.id,
                }
            ],
        )

    def test_clerks_make_no_findings_and_auditors_no_billing_errors(self):
        with self.assertRaises(AccessError):
            self.found.with_user(self.clerk).action_raise_finding()
        with self.assertRaises(AccessError):
            self.found.action_open_billing_error()
        self.assertEqual(self.found.state, "open")

    def test_a_billing_error(self):
        found = self.found.with_user(self.clerk)
        action = found.action_open_billing_error()
        error = found.billing_error_id
        self.assertEqual((action["res_id"], found.state), (error.id, "error"))
        self.assertRecordValues(
            error, [{"move_ids": self.invoice.ids, "origin": "audit"}]
        )
        self.assertEqual(error.description, found.explanation)

    def test_no_billing_error_of_what_is_no_invoice(self):
        self._entry("2026-03-01", (self.receivable, 5), (self.revenue, -5))
        found = self._run("MANUAL").exception_ids.with_user(self.clerk)
        with self.assertRaisesRegex(UserError, "not about a posted invoice"):
            found.action_open_billing_error()

    def test_steps_are_taken_in_the_latest_run(self):
        self.found.run_id.action_run_again()
        with self.assertRaisesRegex(UserError, "latest"):
            self.found._comment("Too late")

    def test_print(self):
        self.found._clear("Contract seen")
        report = self.env["ir.actions.report"].with_user(self.auditor)
        html, _kind = report._render_qweb_html(
            "invoicing_clerk.report_audit_test", self.found.run_id.ids
        )
        text = html.decode()
        for words in (self.invoice.name, "Contract seen", self.audit.name, "Limit"):
            self.assertIn(words, text)

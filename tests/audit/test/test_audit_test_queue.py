from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.invoicing_clerk.models.mixin.job import MAX_TRIES
from odoo.addons.invoicing_clerk.tests.audit.common import KilledError
from odoo.addons.invoicing_clerk.tests.audit.test.common import (
    AuditTestCommon,
)

# What a test can fail with, and what its record says then.
FAILURES = [
    (UserError("Broken books"), "Broken books"),
    (AccessError("Not yours"), "Not yours"),
    (ValueError("Odd data"), "Odd data"),
    (ZeroDivisionError("division by zero"), "division by zero"),
    (KeyError("key"), "key"),
]


@tagged("post_install", "-at_install")
class TestAuditTestQueue(AuditTestCommon):
    """Several tests are run in the background; each failure stays on its record.

    All tests of large books took longer than a web request may, and none of the
    results was kept when the request was stopped.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.runs = cls.env["clerk.audit.run"].with_user(cls.auditor)

    def _queued(self, audit=None, user=None):
        """Queue all tests of an engagement; return their runs."""
        audit = (audit or self.audit).with_user(user or self.auditor)
        audit.action_run_tests()
        return audit.run_ids.filtered("is_current")

    def _fail(self, code, error):
        return patch.object(type(self.runs), f"_test_{code}", side_effect=error)

    def _notified(self, user=None):
        """Return the notifications of a user about engagements, oldest first."""
        messages = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "clerk.audit"),
                    ("message_type", "=", "user_notification"),
                    (
                        "notified_partner_ids",
                        "in",
                        (user or self.auditor).partner_id.ids,
                    ),
                ],
                order="id",
            )
        )
        return messages.mapped("body")

    def test_all_tests_of_an_engagement(self):
        self._invoice(100)
        runs = self._queued()
        self.assertEqual(runs.test_id, self.env["clerk.audit.test"].sudo().search([]))
        self.assertEqual(set(runs.mapped("state")), {"waiting"})
        audit = self.audit.with_user(self.auditor)
        self.assertEqual(
            (audit.test_waiting_count, audit.test_progress, audit.test_run_count),
            (len(runs), 0, 0),
        )
        self.assertIsNone(audit._test_section())
        self._work()
        self.assertLessEqual(set(runs.mapped("state")), {"done", "skipped"})
        self.assertTrue(all(run.reason for run in runs if run.state == "skipped"))
        self.assertEqual(runs.user_id, self.auditor)
        self.assertEqual(
            (audit.test_waiting_count, audit.test_progress, audit.test_run_count),
            (0, 100, len(runs)),
        )
        self.assertEqual(audit.test_exception_count, sum(runs.mapped("open_count")))

    def test_results_are_those_of_tests_run_at_once(self):
        """Each shipped test, one by one and in the background: the same result."""
        self._invoice(7501)
        self._invoice(100)
        again = self._invoice(100)
        self._credit(again, "2026-04-01")
        alone = {}
        for run in self._queued(self._audit(date_to="2026-06-30")):
            run.action_run()
            alone[run.code] = self._result(run)
        runs = self._queued()
        self._work()
        self.assertEqual({run.code: self._result(run) for run in runs}, alone)

    def _result(self, run):
        return (
            *(run.state, run.reason, run.population_count, run.population_amount),
            *(run.figures, run.exception_ids.mapped("fingerprint"), run.user_id),
        )

    def test_a_single_test_is_run_at_once(self):
        run = self._planned("ACCESS")
        self.assertIsNone(run.action_run())
        self.assertEqual(run.state, "done")
        action = run.action_run_again()
        again = run.browse(action["res_id"])
        self.assertEqual(again.state, "done")

    def test_several_of_a_list_are_queued(self):
        self._invoice(100)
        runs = self._planned("ACCESS") + self._planned("TIE")
        action = runs.action_run()
        self.assertIn("2 tests are run", action["params"]["message"])
        self.assertEqual(runs.mapped("state"), ["waiting"] * 2)
        self._work()
        self.assertEqual(runs.mapped("state"), ["done"] * 2)
        runs.action_run_again()
        again = self.runs.search([("previous_id", "in", runs.ids)])
        self.assertEqual(again.mapped("state"), ["waiting"] * 2)
        self._work()
        self.assertEqual(again.mapped("state"), ["done"] * 2)
        self.assertEqual(again.mapped("new_count"), [0, 0])

    def test_asking_twice_runs_each_once(self):
        runs = self._queued()
        self.assertEqual(self._queued(), runs)
        waiting = runs.filtered(lambda run: run.code in ("TIE", "DUP"))
        with self.assertRaisesRegex(UserError, "is Waiting: this action is not"):
            waiting.action_run()

    def test_what_waits_can_be_run_at_once(self):
        runs = self._queued()
        access = runs.filtered(lambda run: run.code == "ACCESS")
        access.action_run()
        self.assertEqual((access.state, access.user_id), ("done", self.auditor))
        before = access.exception_ids
        self._work()
        self.assertEqual(access.exception_ids, before)

    def test_failures_stay_on_their_records(self):
        """Whatever a test fails with is shown, and does not stop the others."""
        self._invoice(100)
        for error, text in FAILURES:
            with self.subTest(error=error):
                runs = self._queued(self._audit(date_to="2026-06-30"))
                dup = runs.filtered(lambda run: run.code == "DUP")
                with self._fail("dup", error):
                    self._work()
                self.assertEqual(dup.state, "failed")
                self.assertIn(text, dup.reason)
                self.assertEqual(dup.user_id, self.auditor)
                others = set((runs - dup).mapped("state"))
                self.assertLessEqual(others, {"done", "skipped"})
                self.assertFalse(dup.exception_ids)
                dup.audit_id.with_user(self.auditor).action_run_tests()
                self._work()
                self.assertEqual((dup.state, dup.reason), ("done", False))

    def test_a_test_that_kills_the_worker_is_set_aside(self):
        """It is tried three times, then the rest goes on; nothing is run twice."""
        self._invoice(100)
        runs = self._queued()
        codes = [run.code for run in runs.sorted("id")]
        for code in (codes[0].lower(), codes[-1].lower()):
            with self.subTest(code=code):
                guilty = runs.filtered(lambda run, code=code: run.code.lower() == code)
                guilty.sudo().write({"state": "waiting", "tries": 0, "reason": False})
                with self._fail(code, KilledError):
                    killed = self._killed_until_done("clerk.audit.run")
                self.env.invalidate_all()
                self.assertEqual((killed, guilty.state), (MAX_TRIES, "failed"))
                self.assertIn("The server stopped 3 times", guilty.reason)
                others = set((runs - guilty).mapped("state"))
                self.assertLessEqual(others, {"done", "skipped"})
                guilty.action_run()
                self.assertIn(guilty.state, ("done", "skipped"))

    def test_killed_once_goes_on(self):
        """Each test in turn kills its worker once: all have their one result."""
        self._invoice(7501)
        runs = self._queued()
        handler = type(self.runs)._run_test
        seen = set()

        def kill_once(run):
            handler(run)
            if run.id not in seen:
                seen.add(run.id)
                raise KilledError

        with patch.object(type(self.runs), "_run_test", kill_once):
            killed = self._killed_until_done("clerk.audit.run", 2 * len(runs))
        self.env.invalidate_all()
        self.assertEqual(killed, len(runs))
        self.assertLessEqual(set(runs.mapped("state")), {"done", "skipped"})
        for run in runs:
            self.assertEqual(len(run.exception_ids), run.exception_count)

    def test_a_closed_engagement_waits(self):
        runs = self._queued()
        self.audit.action_report()
        self.audit.action_close()
        self._work()
        self.assertEqual(set(runs.mapped("state")), {"waiting"})
        self.audit.action_reopen()
        self._work()
        self.assertLessEqual(set(runs.mapped("state")), {"done", "skipped"})

    def test_with_the_rights_of_the_requester(self):
        """Tests of a user who lost their rights fail; those of others go on."""
        self._invoice(100)
        other = self._audit(
            date_to="2026-05-31",
            auditor_ids=[Command.set((self.auditor | self.other_auditor).ids)],
        )
        runs = self._queued(other, self.other_auditor)
        own = self._queued()
        other.auditor_ids -= self.other_auditor
        self._work()
        self.assertEqual(set(runs.sudo().mapped("state")), {"failed"})
        self.assertTrue(all(runs.sudo().mapped("reason")))
        self.assertLessEqual(set(own.mapped("state")), {"done", "skipped"})
        self.assertFalse(self._notified(self.other_auditor))

    def test_archived_requester(self):
        runs = self._queued()
        self.auditor.active = False
        self._work()
        self.assertEqual(set(runs.sudo().mapped("state")), {"failed"})
        self.assertIn("is archived", runs.sudo()[0].reason)

    def test_clerks_do_not_run_what_they_cannot_see(self):
        self.audit.with_user(self.clerk).action_run_tests()
        waiting = self.audit.sudo().run_ids.filtered(lambda run: run.state == "waiting")
        self.assertTrue(waiting)
        self.assertFalse(any(waiting.test_id.mapped("is_confidential")))

    def test_outsiders_cannot_queue(self):
        runs = self._planned("ACCESS") + self._planned("TIE")
        for user in (self.outsider, self.other_auditor, self.clerk_b):
            with self.assertRaises(AccessError):
                runs.with_user(user).action_run()
        self.assertEqual(runs.mapped("state"), ["planned"] * 2)

    def test_the_requester_is_notified_once(self):
        self._invoice(100)
        self._queued()
        with self._fail("dup", UserError("Broken")):
            self._work()
        [body] = self._notified()
        self.assertIn("have been run. Failed: DUP.", body)
        self._work()
        self.assertEqual(len(self._notified()), 1)

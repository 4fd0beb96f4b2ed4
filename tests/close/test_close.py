from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.tests.close.common import CLEAN, JANUARY, CloseCommon


@tagged("post_install", "-at_install")
class TestClose(CloseCommon):
    """A month is closed by two people, and figures that move reopen its tasks."""

    def test_prepared_by_one_and_reviewed_by_another(self):
        close = self._close()
        close.action_prepare()
        prepared = close.task_ids.filtered(lambda task: task.state == "prepared")
        self.assertEqual(tuple(prepared.mapped("figure")), (*CLEAN[:4], CLEAN[4]))
        task = self._task(close, "draft")
        self.assertEqual((task.prepared_by_id, task.current_text), (self.clerk, "none"))
        self.assertNotIn("review", task.allowed_actions)
        self._refused("You have prepared it", task.action_review, UserError)
        self._review(task, self.colleague)
        self.assertEqual(
            (task.state, task.reviewed_by_id), ("reviewed", self.colleague)
        )
        ledger = self._task(close, "ledger").with_user(self.colleague)
        self._refused("A supervisor", ledger.action_review, AccessError)
        self._review(ledger, self.supervisor)
        self.assertEqual((close.done_count, close.progress), (2, 28))

    def test_explained_or_not_prepared(self):
        self._posted()
        close = self._close()
        task = self._task(close, "unsent")
        self.assertEqual(
            self._plain(task.current_text), "1 unsent document of $ 115.00"
        )
        action = task.action_prepare()
        self.assertEqual(task.state, "todo")
        self._refused("1 unsent document", lambda: self._enter(action, " "), UserError)
        self._enter(action, "Handed over in person")
        self.assertEqual(task.note, "Handed over in person")
        self.assertEqual((task.state, task.signed_count), ("prepared", 1))
        self.assertIn("Handed over", close.message_ids[0].body)
        several = self._task(close, "draft") | self._task(close, "statement")
        self._refused("no statements", several.action_prepare, UserError)
        self.assertEqual(self._task(close, "draft").state, "todo")

    def test_not_applicable_takes_two_people(self):
        task = self._task(self._close(), "statement")
        self._enter(task.action_exclude(), "We send none in January")
        self.assertEqual(task.state, "prepared")
        self._refused("You have prepared it", task.action_review, UserError)
        self._review(task, self.colleague)
        self.assertEqual(task.state, "excluded")

    def test_blocked_and_returned(self):
        close = self._close()
        task = self._task(close, "draft")
        self._refused(
            "Enter the reason",
            lambda: self._enter(task.action_block(), "\n"),
            UserError,
        )
        self._enter(task.action_block(), "Waits for the warehouse")
        self.assertEqual((task.state, close.blocked_count), ("blocked", 1))
        task.action_prepare()
        self.assertEqual((task.state, task.note), ("prepared", False))
        reviewer = task.with_user(self.colleague)
        self._enter(reviewer.action_return(), "Look at the receipts", self.colleague)
        self.assertEqual((task.state, task.note), ("todo", "Look at the receipts"))

    def test_changed_after_review(self):
        close = self._close()
        task = self._task(close, "draft")
        task.action_prepare()
        self._review(task, self.colleague)
        self._draft(price=1200)
        self._draft("2026-02-01")
        close.action_refresh()
        self.assertEqual(task.state, "changed")
        self.assertEqual(
            self._plain(task.change_text), "1 draft of $ 1,200.00 instead of none"
        )
        self._enter(task.action_prepare(), "Waits for a signature")
        self.assertEqual((task.state, task.reviewed_by_id.id), ("prepared", False))

    def test_moved_before_review(self):
        task = self._task(self._close(), "draft")
        task.action_prepare()
        draft = self._draft()
        shown = self._review(task, self.colleague)
        self.assertIn("1 draft", shown["params"]["message"])
        self.assertEqual((task.state, task.reviewed_by_id.id), ("changed", False))
        # Another record of the same amount is another figure.
        self._enter(task.action_prepare(), "Stays")
        draft.unlink()
        self._draft()
        task.close_id.action_refresh()
        self.assertIn("but others than before", task.change_text)

    def test_explained_what_was_seen(self):
        """Records that appear while the dialog is open are not explained by it."""
        close = self._close()
        task = self._task(close, "draft")
        self._draft()
        for action in (task.action_prepare(), task.action_exclude()):
            later = self._draft(price=7)
            self._refused(
                "changed since you opened it. Now: 2 drafts",
                lambda action=action: self._enter(action, "Stays"),
                UserError,
            )
            later.unlink()
        self._draft(price=7)
        self._enter(task.action_prepare(), "Both stay")
        self.assertEqual((task.state, task.signed_count), ("prepared", 2))

    def test_reviewed_what_was_seen(self):
        """A task that was prepared again since the page was opened is not signed."""
        task = self._task(self._close(), "draft")
        task.action_prepare()
        page = task.with_user(self.colleague).with_context(seal=task.seal)
        self._enter(task.action_return(), "Look at the receipts")
        self._draft()
        self._enter(task.action_prepare(), "One stays")
        refused = "changed since you opened it. Now: 1 draft .* One stays"
        self._refused(refused, page.action_review, UserError)
        blind = task.with_user(self.colleague).action_review
        self._refused("changed since you opened it", blind, UserError)
        self.assertEqual(task.state, "prepared")
        self._review(task, self.colleague)
        self.assertEqual(task.state, "reviewed")

    def test_close_and_reopen(self):
        close = self._close()
        boss = close.with_user(self.supervisor)
        self._refused("Not done: Post or delete", boss.action_close, UserError)
        self._finish(close)
        self._refused("Only supervisors", close.action_close, AccessError)
        boss.action_close()
        self.assertEqual((close.state, close.closed_by_id), ("closed", self.supervisor))
        task = self._task(close, "draft")
        self.assertFalse(task.allowed_actions)
        self._refused("Ask a supervisor", task.action_return, UserError)
        self._refused(
            "Ask a supervisor",
            lambda: task.write({"user_id": self.colleague.id}),
            UserError,
        )
        self._refused("has been worked on", boss.unlink, UserError)
        action = boss.action_reopen()
        self._refused(
            "Enter the reason",
            lambda: self._enter(action, " ", self.supervisor),
            UserError,
        )
        self._refused(
            "Only supervisors", lambda: self._enter(action, "Because"), AccessError
        )
        self._enter(action, "A late delivery note", self.supervisor)
        self.assertEqual((close.state, task.state), ("open", "reviewed"))

    def test_closed_month_changes_at_night(self):
        close, other = self._close(), self._close("2025-12-31")
        self._finish(close)
        close.with_user(self.supervisor).action_close()
        self._posted()
        yesterday = fields.Datetime.now() - timedelta(days=1)
        (close | other).sudo().write({"refreshed_on": yesterday})
        with self._job_env() as env:
            env["clerk.close"]._cron_refresh()
        self.assertEqual((close.state, other.state), ("changed", "open"))
        changed = close.task_ids.filtered(lambda task: task.state == "changed")
        self.assertEqual(set(changed.mapped("figure")), {"unsent", "cut_off", "ledger"})
        self.assertIn(self.supervisor.partner_id, close.message_ids.partner_ids)
        boss = close.with_user(self.supervisor)
        shown = boss.action_close
        self._refused("Not done", shown, UserError)
        self._finish(close)
        boss.action_close()
        self.assertEqual(close.state, "closed")

    def test_compared_once_a_day(self):
        """Closed months that ended more than a year ago are compared once a week."""
        new, old = self._close(), self._close("2024-12-31")
        yesterday = fields.Datetime.now() - timedelta(days=1)
        old.sudo().write({"state": "closed"})
        (new | old).sudo().write({"refreshed_on": yesterday})
        stale = self.closes.search(self.closes._stale_domain())
        self.assertEqual(stale, new)
        old.sudo().write({"refreshed_on": yesterday - timedelta(days=6)})
        with self._job_env() as env:
            closes = env["clerk.close"]
            closes._cron_refresh()
            self.assertFalse(closes.search(closes._stale_domain()))
        self.assertGreater(min((new | old).mapped("refreshed_on")), yesterday)

    def test_newest_open_months_are_counted(self):
        closes = self.closes
        for day in ("2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31", JANUARY):
            closes |= self._close(day)
        self.assertFalse(self.closes._outdated())
        closes.sudo().write({"refreshed_on": "2026-02-01 08:00:00"})
        self.assertEqual(self.closes._outdated(), closes[2:][::-1])

    def test_work_goes_on_in_a_closed_month(self):
        """Doing what was left is no change; further records are one."""
        sent, unsent = self._posted(), self._posted()
        close = self._close()
        self._finish(close)
        close.with_user(self.supervisor).action_close()
        sent.is_move_sent = True
        close.action_refresh()
        self.assertEqual(close.state, "closed")
        task = self._task(close, "unsent")
        self.assertEqual((task.state, task.current_count), ("reviewed", 1))
        # sudo: checks add findings, and nobody else.
        checks = self.env["clerk.billing.check"].sudo()
        finding = (
            self.env["clerk.billing.finding"]
            .sudo()
            .create(
                {
                    "check_id": checks.search([], limit=1).id,
                    "move_id": unsent.id,
                    "company_id": self.company_a.id,
                    "state": "open",
                    "found_on": fields.Datetime.now() + timedelta(minutes=1),
                }
            )
        )
        close.action_refresh()
        self.assertFalse(self._task(close, "finding").current_count)
        finding.found_on = close.closed_on - timedelta(days=1)
        close.action_refresh()
        self.assertEqual(close.state, "changed")

    def test_only_steps_write(self):
        close = self._close()
        task = self._task(close, "draft")
        for values in (
            {"state": "reviewed"},
            {"prepared_by_id": self.colleague.id},
            {"signed_count": 3},
            {"current_fingerprint": "x"},
            {"note": "x"},
            {"figure": "unsent"},
            {"review_role": "clerk"},
        ):
            self._refused("", lambda values=values: task.write(values), AccessError)
        for values in (
            {"state": "closed"},
            {"date": "2026-02-28"},
            {"task_ids": [fields.Command.delete(task.id)]},
            {"included_company_ids": [fields.Command.clear()]},
        ):
            self._refused("", lambda values=values: close.write(values), AccessError)
        self._refused("", lambda: task.copy({"close_id": close.id}), AccessError)
        self._refused("", task.unlink, AccessError)
        self._refused("", task.with_user(self.supervisor).unlink, AccessError)
        task.action_prepare()
        self._refused("has been worked on", task.sudo().unlink, UserError)
        forged = self.closes.with_context(default_state="closed")
        self.assertEqual(
            forged.create(
                {"date": "2025-11-30", "company_id": self.company_a.id}
            ).state,
            "open",
        )
        task.user_id = self.colleague
        self._refused(
            "no access to", lambda: task.write({"user_id": self.clerk_b.id}), UserError
        )

    def test_who_sees_it(self):
        close = self._close()
        task = self._task(close, "draft")
        seen = task.with_user(self.auditor)
        self.assertEqual(seen.current_text, "none")
        self.assertEqual(seen.action_open_records()["res_model"], "account.move")
        for step in ("action_prepare", "action_review", "action_block"):
            self._refused("", getattr(seen, step), AccessError)
        self._refused("", close.with_user(self.auditor).action_refresh, AccessError)
        self.closes.with_user(self.auditor).action_open_list()
        self.assertFalse(self.closes.with_user(self.clerk_b).search([]))
        self._refused("", close.with_user(self.clerk_b).action_refresh, AccessError)
        self._refused(
            "", lambda: self.closes.with_user(self.outsider).search([]), AccessError
        )

    def test_branches(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company_a.id}
        )
        self._refused("Branch, to which you have no access", self._close, UserError)
        self.clerk.company_ids += branch
        close = self._close()
        self.assertEqual(close.included_company_ids, self.company_a | branch)
        self.assertFalse(self.closes.with_user(self.colleague).search([]))
        self._refused(
            "is a branch",
            lambda: self._close("2025-12-31", company_id=branch.id),
            ValidationError,
        )

    def test_one_list_per_month(self):
        close = self._close("2026-01-05")
        self.assertEqual(fields.Date.to_string(close.date), "2026-01-31")
        with mute_logger("odoo.sql_db"):
            self._refused("one_per_month", self._close, IntegrityError)
        today = fields.Date.context_today(close)
        self._refused("from the next day on", lambda: self._close(today), UserError)
        self.closes.action_open_list()
        close.with_user(self.supervisor).unlink()

    def test_own_tasks(self):
        """A task without a query is signed with a note; earlier lists stay."""
        close = self._close()
        types = self.env["clerk.close.task.type"].with_user(self.supervisor)
        kind = types.create({"name": "Call the bank", "days": 2, "sequence": 1})
        later = self._close("2025-12-31")
        self.assertEqual(len(later.task_ids), len(close.task_ids) + 1)
        task = later.task_ids[0]
        self.assertEqual(fields.Date.to_string(task.date_due), "2026-01-02")
        self._enter(task.action_prepare(), "No charges")
        kind.name = "Call another bank"
        self._review(task, self.colleague)
        self.assertEqual((task.name, task.state), ("Call the bank", "reviewed"))
        self._refused("archive it", kind.unlink, UserError)
        self._refused(
            "", lambda: kind.with_user(self.clerk).write({"days": 1}), AccessError
        )


@tagged("post_install", "-at_install")
class TestCloseFigure(CloseCommon):
    """Each figure counts the records that its task opens."""

    def _found(self, close, figure):
        task = self._task(close, figure)
        action = task.action_open_records()
        found = self.env[action["res_model"]].with_user(self.clerk)
        records = found.search(action["domain"])
        self.assertEqual(task.current_count, len(records))
        return records, task.current_amount

    def test_figures_and_their_records(self):
        late = self._posted(invoice_date="2026-01-15")
        self._posted(invoice_date="2026-02-15")
        moved = self._posted(invoice_date="2026-02-16")
        moved.delivery_date = "2026-01-30"
        draft = self._draft()
        payment = self._entry(-40, "2026-01-20", partner=self.partner_a)
        self._run()
        close = self._close()
        self.assertTrue(self._task(close, "statement").current_missing)
        run = self._run(kind="monthly")
        close.action_refresh()
        self.assertEqual(self._found(close, "draft"), (draft, 100.0))
        self.assertEqual(self._found(close, "unsent"), (late, 115.0))
        self.assertEqual(self._found(close, "cut_off"), (late | moved, 230.0))
        self.assertEqual(self._found(close, "unapplied"), (payment, 40.0))
        statements = run.statement_ids.filtered(lambda each: each.state == "ready")
        self.assertEqual(self._found(close, "statement"), (statements, 75.0))
        ledger = self._task(close, "ledger")
        self.assertEqual(
            self._plain(ledger.current_text), "$ 75.00, agrees with the ledger"
        )
        reports = self.env["clerk.ageing"].with_user(self.clerk)
        report = reports.browse(ledger.action_open_records()["res_id"])
        self.assertEqual((report.balance, report.is_proved), (75.0, True))

    def test_billing_checks(self):
        close = self._close()
        task = self._task(close, "finding")
        self.assertIn("checks not run", task.current_text)
        with self._job_env() as env:
            env["clerk.billing.check"]._cron_check()
        close.action_refresh()
        self.assertFalse(task.current_missing)

    def test_queries_do_not_grow(self):
        self._draft()
        close = self._close()
        few = self._count_queries(close.action_refresh, times=2)
        for _number in range(6):
            self._draft()
            self._posted()
        many = self._count_queries(close.action_refresh, times=2)
        self._assert_no_more_queries(few, many)

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.base.models.ir_cron import CompletionStatus
from odoo.addons.invoicing_clerk.tests.statement.common import StatementCommon


@tagged("post_install", "-at_install")
class TestOperation(StatementCommon):
    """Supervisors see how the background work is going, and what to do about it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("invoicing_clerk.ir_cron_refresh_worklists").sudo()
        cls.rows = cls.env["clerk.operation"].with_user(cls.supervisor)

    def _row(self, **values):
        self.env.flush_all()
        self.env.invalidate_all()
        [(name, value)] = values.items()
        return self.rows.search([(name, "=", value)])

    def _cron_row(self):
        return self._row(action_name=self.cron.name)

    def _trigger(self):
        with self.enter_registry_test_mode():
            return self.cron.method_direct_trigger()

    def test_rights(self):
        """Table: roles, and whether they may read; nobody may write."""
        for user, reads in (
            (self.supervisor, True),
            (self.auditor, True),
            (self.clerk, False),
            (self.outsider, False),
        ):
            with self.subTest(user=user.login):
                rows = self.env["clerk.operation"].with_user(user)
                self.assertEqual(rows.has_access("read"), reads)
                self.assertFalse(rows.has_access("write"))
        with self.assertRaises(AccessError):
            self.env["ir.cron"].with_user(self.supervisor).search([])

    def test_all_scheduled_actions_of_ours_and_no_other(self):
        data = self.env["ir.model.data"].sudo()
        ours = data.search(
            [("module", "=like", "invoicing_clerk%"), ("model", "=", "ir.cron")]
        )
        shown = self.rows.search([("kind", "=", "action")])
        self.assertEqual(set(shown.ids), set(ours.mapped("res_id")))
        self.assertIn(self.cron.name, shown.mapped("name"))

    def test_what_finds_nothing_is_done(self):
        """Otherwise the scheduler warns, and runs the action again within a minute.

        It would have caught the judging of promises all through a night.
        """
        names = self.rows.search([("kind", "=", "action")]).ids
        crons = self.env["ir.cron"].sudo().browse(names).filtered("active")
        for _round in range(2):
            for cron in crons:
                with self.subTest(action=cron.name), self._in_background():
                    status = self.registry["ir.cron"]._run_job(self._job(cron))
                    self.assertEqual(status, CompletionStatus.FULLY_DONE)

    def _job(self, cron):
        return {
            "id": cron.id,
            "cron_name": cron.name,
            "ir_actions_server_id": cron.ir_actions_server_id.id,
            "user_id": cron.user_id.id,
            "lastcall": cron.lastcall,
            "timed_out_counter": 0,
        }

    def test_a_run_is_shown_with_its_duration(self):
        self._trigger()
        row = self._cron_row()
        self.assertEqual((row.state, row.advice), ("ok", False))
        self.assertGreater(row.seconds, 0)
        self.assertTrue(row.last_run)

    def test_states(self):
        """Table: what happened to an action, and its state."""
        long_ago = fields.Datetime.now() - timedelta(hours=1)
        for column, value, state in (
            ("failure_count", 2, "failed"),
            ("nextcall", long_ago, "late"),
            ("active", False, "paused"),
            ("lastcall", None, "waiting"),
        ):
            with self.subTest(state=state), self.env.cr.savepoint() as savepoint:
                self.env.cr.execute(
                    SQL(
                        "UPDATE ir_cron SET lastcall = NOW() AT TIME ZONE 'UTC',"
                        " nextcall = NOW() AT TIME ZONE 'UTC' WHERE id = %s",
                        self.cron.id,
                    )
                )
                self.env.cr.execute(
                    SQL(
                        "UPDATE ir_cron SET %s = %s WHERE id = %s",
                        SQL.identifier(column),
                        value,
                        self.cron.id,
                    )
                )
                row = self._cron_row()
                self.assertEqual(row.state, state)
                self.assertEqual(bool(row.advice), state != "waiting")
                savepoint.rollback()

    def test_a_failure_is_shown(self):
        """An action that raises keeps its duration, and core counts the failure."""
        model = type(self.env["clerk.worklist"])
        with (
            patch.object(model, "_cron_refresh", side_effect=ValueError("broken")),
            mute_logger("odoo.addons.base.models.ir_cron"),
        ):
            self._trigger()
        row = self._cron_row()
        self.assertEqual((row.state, row.count), ("failed", 1))
        self.assertIn("server log", row.advice)

    def test_queues(self):
        """Table: queues and what fills them."""
        worklist = self.env["clerk.worklist"].sudo().search([], limit=1)
        check = self.env["clerk.billing.check"].sudo().search([], limit=1)
        mails = self.env["mail.mail"].sudo()
        sql = SQL.identifier
        for queue, table, record, column, value in (
            ("list_error", "clerk_worklist", worklist, "refresh_error", "wrong"),
            ("list_slow", "clerk_worklist", worklist, "whole_seconds", 60),
            ("list_repaired", "clerk_worklist", worklist, "repaired_count", 3),
            ("check_error", "clerk_billing_check", check, "run_error", "wrong"),
            ("mail_failed", "mail_mail", mails.create({}), "state", "exception"),
        ):
            with self.subTest(queue=queue):
                before = self._row(queue=queue).count
                self.env.flush_all()
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        sql(table),
                        sql(column),
                        value,
                        record.id,
                    )
                )
                row = self._row(queue=queue)
                self.assertEqual((row.count, row.state), (before + 1, "attention"))
                self.assertTrue(row.name and row.advice)

    def test_statements_of_active_companies_are_counted(self):
        self._posted((1, 10.0), invoice_date="2026-01-05")
        run = self._run()
        statements = run.statement_ids.sudo()
        self.assertTrue(statements)
        self.env.cr.execute(
            SQL(
                "UPDATE clerk_statement SET delivery_state = 'pending'"
                " WHERE id = ANY(%s)",
                statements.ids,
            )
        )
        row = self._row(queue="statement_pdf")
        self.assertEqual((row.count, row.state), (len(statements), "waiting"))
        role = "invoicing_clerk.group_supervisor"
        other = self._new_user("supervisor_b", role, company=self.company_b)
        elsewhere = self.rows.with_user(other).search([("queue", "=", "statement_pdf")])
        self.assertEqual(elsewhere.count, 0)

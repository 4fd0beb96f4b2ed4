from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.plural import plural
from ...rules.statement.statement_delivery import UNDERWAY
from ..statement.statement_run_send import PAUSE


class ClerkReminderRun(models.Model):
    """Sends a computed run in the background, and prints what goes on paper."""

    _inherit = "clerk.reminder.run"

    def action_send(self):
        """Send all released reminders in the background.

        :raises UserError: there are none
        """
        self._begin_step("send")
        for run in self:
            released = run.notice_ids.filtered(lambda each: each.state == "ready")
            if not released:
                raise UserError(
                    self.env._("%s: there is no reminder to send.", run.name)
                )
            # sudo: only steps write reminders; the caller can write the run.
            released.sudo()._queue_delivery()
        self._write_step("send")
        return True

    def action_try_failed_again(self):
        """Send the failed reminders again.

        :raises UserError: there are none
        """
        self.check_access("write")
        failed = self.notice_ids.filtered(lambda each: each.delivery_state == "failed")
        if not failed:
            raise UserError(self.env._("There are no failed reminders."))
        return failed.action_try_again()

    def action_stop(self):
        """Keep workers from sending what is not sent yet."""
        self._take_step("stop", is_stopped=True)

    def action_resume(self):
        """Send what was not sent when the run was stopped."""
        self._take_step("resume", is_stopped=False)
        self.env["clerk.reminder.notice"]._wake()

    def _was_stopped(self):
        """Return whether somebody has stopped the run since the last commit."""
        self.invalidate_recordset(["is_stopped"])
        return self.is_stopped

    def _step_values(self, step):
        values = super()._step_values(step)
        if step in ("send", "send_again"):
            values["error"] = False
        if step == "finish":
            values["is_stopped"] = False
        return values

    @api.model
    def _finish_runs(self):
        """Finish the runs whose reminders are all delivered, failed or excluded."""
        sending = self.search([("state", "=", "sending")])
        busy = self.env["clerk.reminder.notice"]._read_group(
            [
                ("run_id", "in", sending.ids),
                ("state", "=", "ready"),
                ("delivery_state", "in", UNDERWAY),
            ],
            ["run_id"],
        )
        done = sending - self.browse().union(*(run for (run,) in busy))
        done._write_step("finish")

    def _wait_for_mail_server(self, error):
        again = fields.Datetime.now() + timedelta(minutes=PAUSE)
        self._inside().error = plural(
            PAUSE,
            self.env._(
                "Reminders are waiting: %(error)s. Next attempt in %(minutes)s minute.",
                error=error,
                minutes=PAUSE,
            ),
            self.env._(
                "Reminders are waiting: %(error)s. Next attempt in %(minutes)s "
                "minutes.",
                error=error,
                minutes=PAUSE,
            ),
        )
        self.env["clerk.reminder.notice"]._wake(at=again)

    # Paper

    def action_print(self):
        """Open one PDF of all reminders to print, which the run keeps.

        :raises UserError: there are none
        """
        self.ensure_one()
        self._begin_step("print")
        notices = self.env["clerk.reminder.notice"].search(
            [("run_id", "=", self.id), ("delivery_state", "=", "to_print")]
        )
        # sudo: the caller may write the run; these are files and states of the run.
        notices = notices.sudo().try_lock_for_update()
        notices -= notices._leave_out_changed()
        if not notices:
            raise UserError(
                self.env._("%s: there are no reminders to print.", self.name)
            )
        action = notices._print_together(
            plural(
                len(notices),
                self.env._(
                    "%(run)s: %(count)s reminder.pdf",
                    run=self.name,
                    count=len(notices),
                ),
                self.env._(
                    "%(run)s: %(count)s reminders.pdf",
                    run=self.name,
                    count=len(notices),
                ),
            )
        )
        # sudo: as above.
        self.sudo()._finish_runs()
        return action

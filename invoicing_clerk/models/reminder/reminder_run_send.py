from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...rules.plural import plural
from ...rules.statement.statement_delivery import UNDERWAY
from ..mixin.notification import SOFT_RELOAD, notification_action
from ..statement.statement_run_print import STACK
from ..statement.statement_run_send import PAUSE
from ..statement.statement_source import StatementLedger


class ClerkReminderRun(models.Model):
    """Sends a computed run in the background, and prints what goes on paper."""

    _inherit = "clerk.reminder.run"

    def action_send(self):
        """Send all released reminders in the background.

        :raises UserError: there are none, or they were computed on another day
        """
        self._begin_step("send")
        self._check_needs("send", {})
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
        """Send the failed reminders again, except those that may have arrived.

        :raises UserError: there are none
        """
        self.check_access("write")
        failed = self.notice_ids.filtered(lambda each: each.delivery_state == "failed")
        if not failed:
            raise UserError(self.env._("There are no failed reminders."))
        doubtful = failed.filtered("doubt_on")
        if doubtful == failed:
            raise UserError(doubtful._doubt_text())
        (failed - doubtful).action_try_again()
        if not doubtful:
            return True
        text = " ".join(
            (
                self.env._("The other failed reminders are being sent again."),
                doubtful._doubt_text(),
            )
        )
        return notification_action(text, "warning", SOFT_RELOAD)

    def action_abandon(self):
        """Exclude what a stopped run has not sent, and finish the run."""
        self._begin_step("abandon")
        self._check_needs("abandon", {})
        # sudo: only steps write reminders; the caller can write the runs.
        notices = self.sudo().notice_ids
        notices._update_from_letters()
        unsent = notices.filtered(
            # An email that is being handed over can no longer be kept back.
            lambda each: (
                each.delivery_state in UNDERWAY and each.delivery_state != "sending"
            )
        )
        unsent._cancel_letters()
        unsent._leave_out(
            self.env._("%s cancelled the remaining reminders.", self.env.user.name),
            "unsent",
        )
        self._write_step("abandon")
        # sudo: as above.
        self.sudo()._finish_runs()
        return True

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
            values |= {"error": False, "is_stopped": False}
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
        self._check_needs("print", {})
        # Raises an error if the caller cannot read one of the companies.
        StatementLedger(self)
        waiting = self.env["clerk.reminder.notice"].search(
            [("run_id", "=", self.id), ("delivery_state", "=", "to_print")],
            limit=STACK,
        )
        # sudo: the caller may write the run; these are files and states of the run.
        waiting = waiting.sudo().try_lock_for_update()
        if not waiting:
            raise UserError(
                self.env._("%s: there are no reminders to print.", self.name)
            )
        current = waiting - waiting._leave_out_changed()
        # Their PDFs take too long for a click.
        outdated = current._outdated()
        outdated._to_documents_again()
        ready = (current - outdated)._with_documents()
        if ready:
            action = ready._print_together(self._bundle_name(len(ready)))
            ready.doubt_on = False
        else:
            # An error would undo the exclusions.
            text = outdated._renewed_text() if outdated else waiting._unprinted_text()
            action = notification_action(text, "warning", SOFT_RELOAD)
        # sudo: as above.
        self.sudo()._finish_runs()
        return action

    def _bundle_name(self, count):
        return plural(
            count,
            self.env._("%(run)s: %(count)s reminder.pdf", run=self.name, count=count),
            self.env._("%(run)s: %(count)s reminders.pdf", run=self.name, count=count),
        )

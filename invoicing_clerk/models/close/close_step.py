from odoo import fields, models
from odoo.exceptions import UserError

from ...rules.close import close as rules
from ..mixin.gate import only_one
from ..mixin.notification import SOFT_RELOAD, notification_action


class ClerkClose(models.Model):
    """Steps of a month: prepared in one go, closed, and reopened with a reason."""

    _inherit = "clerk.close"

    def action_prepare(self):
        """Prepare all tasks that wait and of which nothing is left to explain."""
        only_one(self)._begin_step("prepare")
        self._refresh()
        tasks = self.task_ids.filtered(
            lambda task: task.state in ("todo", "changed") and task.is_clean
        )
        if not tasks:
            raise UserError(
                self.env._(
                    "No task is without something left. Open the records of each, or "
                    "prepare it with an explanation."
                )
            )
        tasks._sign_prepared()
        return notification_action(
            self.env._("Prepared: %s.", ", ".join(tasks.mapped("name"))),
            "success",
            then=SOFT_RELOAD,
        )

    def action_close(self):
        """Close months of which every task was reviewed by a second person.

        If a figure has moved since, its task turns *Changed* and the month stays open.

        :raises UserError: a task was not reviewed
        """
        self._begin_step("close")
        self._check_needs("close", {})
        self._refresh()
        if moved := self.task_ids.filtered(lambda task: task.state == "changed"):
            return moved._notify_moved()
        self._write_step(
            "close",
            closed_by_id=self.env.uid,
            closed_on=fields.Datetime.now(),
            reopen_reason=False,
        )
        return True

    def _obstacle(self, step, vals):
        if step == "close":
            return self._unfinished_text()
        if step == "reopen" and not vals.get("reopen_reason"):
            return self.env._("Enter the reason for reopening the month.")
        return super()._obstacle(step, vals)

    def _unfinished_text(self):
        """Return which tasks are not done, or nothing."""
        if rules.finished(self.task_ids.mapped("state")):
            return None
        open_tasks = self.task_ids.filtered(
            lambda task: task.state not in rules.FINISHED
        )
        return self.env._(
            "Not done: %s. Every task has to be reviewed by a second person.",
            "; ".join(
                f"{task.name} ({task.change_text or task._state_label()})"
                for task in open_tasks
            ),
        )

    def action_reopen(self):
        """Ask why the month is reopened."""
        only_one(self)._check_step_access()
        self._check_step("reopen")
        return self.env["clerk.close.step"]._open(
            self.env._("Reopen"), step="reopen", close_id=self.id
        )

    def _reopen(self, reason):
        self._take_step("reopen", reopen_reason=reason)
        self.message_post(
            body=self.env._("Reopened: %s", reason), subtype_xmlid="mail.mt_note"
        )

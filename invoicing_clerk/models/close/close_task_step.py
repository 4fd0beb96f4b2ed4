from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from ...rules.close import close as rules
from ..mixin.gate import only_one
from ..mixin.locking import take_turns
from ..mixin.notification import SOFT_RELOAD, notification_action


class ClerkCloseTask(models.Model):
    """Steps of a task: prepared by one, reviewed by another.

    A review is about the figure that was prepared: if it has moved meanwhile, the task
    is prepared again.
    """

    _inherit = "clerk.close.task"

    def action_prepare(self):
        """Sign tasks as prepared; ask for an explanation if records remain."""
        self._begin_step("prepare")
        self.close_id._refresh()
        if len(self) == 1 and not self.is_clean:
            return self._open_dialog("prepare", self.env._("Prepare"))
        self._check_needs("prepare", {})
        self._sign_prepared()
        return True

    def _sign_prepared(self, note=False, is_excluded=False):
        """Freeze the figures of tasks that the caller has prepared."""
        step = "exclude" if is_excluded else "prepare"
        for task in self:
            task._write_step(
                step,
                **self._figure_values("signed", task._figure_of("current")),
                note=note,
                is_excluded=is_excluded,
                prepared_by_id=self.env.uid,
                prepared_on=fields.Datetime.now(),
                reviewed_by_id=False,
                reviewed_on=False,
            )
        self._log(self.env._("prepared"))

    def action_review(self):
        """Sign a task that somebody else has prepared.

        The context has the ``seal`` of the task as the caller has seen it. A task
        whose figure is not the one that was prepared turns *Changed* instead.

        :raises UserError: the caller has prepared it, or has seen something else
        """
        return self._review(self.env.context.get("seal") or "")

    def _review(self, seal):
        """:param seal: the seal of the task as the reviewer has seen it"""
        only_one(self)._begin_step("review")
        self._check_needs("review", {})
        self.close_id._refresh()
        if self.state == "changed":
            return self._notify_moved()
        self._check_seal(seal)
        self._write_step(
            "review",
            state="excluded" if self.is_excluded else "reviewed",
            reviewed_by_id=self.env.uid,
            reviewed_on=fields.Datetime.now(),
        )
        self._log(self.env._("reviewed"))
        return True

    def _check_seal(self, seal):
        """:raises UserError: the caller has seen another figure or preparation"""
        if seal == self.seal:
            return
        parts = (self.current_text, self.note)
        raise UserError(
            self.env._(
                "%(task)s changed since you opened it. Now: %(figure)s. Reload the "
                "page, check the task and sign it again.",
                task=self.name,
                figure=" · ".join(filter(None, parts)) or self._state_label(),
            )
        )

    def _notify_moved(self):
        """Report the figures that changed since they were signed off."""
        changes = "; ".join(f"{task.name}: {task.change_text}" for task in self)
        return notification_action(
            self.env._(
                "Changed since it was prepared, so prepare it again. %s", changes
            ),
            "warning",
            then=SOFT_RELOAD,
            sticky=True,
        )

    def action_block(self):
        """Ask what keeps the task from being done."""
        return self._ask("block", self.env._("Block"))

    def action_exclude(self):
        """Ask why the task does not apply to the month."""
        only_one(self)._begin_step("exclude")
        self.close_id._refresh()
        return self._open_dialog("exclude", self.env._("Not Applicable"))

    def action_return(self):
        """Ask what has to be done again."""
        return self._ask("return", self.env._("Return"))

    def _ask(self, step, title):
        self._check_step_access()
        self._check_step(step)
        return self._open_dialog(step, title)

    def _open_dialog(self, step, title):
        self.ensure_one()
        return self.env["clerk.close.step"]._open(
            title, step=step, task_id=self.id, seal=self.seal
        )

    def _take_with(self, step, text, seal=""):
        """Take a step that needs a text.

        :param seal: the seal of the task as the caller has seen it
        :raises UserError: the text is empty, or the caller has seen another figure
        """
        self.ensure_one()
        self._begin_step(step)
        self._check_needs(step, {"note": text})
        if step in ("prepare", "exclude"):
            self.close_id._refresh()
            self._check_seal(seal)
            self._sign_prepared(text, is_excluded=step == "exclude")
            return
        self._write_step(
            step,
            note=text,
            is_excluded=False,
            reviewed_by_id=False,
            reviewed_on=False,
        )
        done = self.env._("blocked") if step == "block" else self.env._("returned")
        self._log(done)

    def _log(self, done):
        """Note in the chatter of the month who did what, with the figures."""
        for close, tasks in self.grouped("close_id").items():
            lines = [task._log_text(done) for task in tasks]
            close.message_post(
                body=Markup("<br/>").join(lines), subtype_xmlid="mail.mt_note"
            )

    def _log_text(self, done):
        parts = (f"{self.name}: {done}", self.signed_text, self.note)
        return " · ".join(filter(None, parts))

    # What a step needs

    def _lock_step(self):
        """Lock the month too: it is not closed while one of its tasks changes."""
        result = super()._lock_step()
        closes = self.close_id
        # sudo: only locks lists whose tasks the caller may write.
        take_turns(
            lambda: self.env._(
                "Somebody else is working on %s right now. Try again in a moment.",
                closes._enumerate(),
            ),
            closes.sudo(),
        )
        closes.invalidate_recordset()
        return result

    def _check_step(self, step):
        """:raises UserError: the month is closed"""
        result = super()._check_step(step)
        if step != "change":
            self._check_not_closed()
        return result

    def _check_not_closed(self):
        for task in self:
            if task.close_id.state == "closed":
                raise UserError(
                    self.env._(
                        "%s is closed. Ask a supervisor to reopen it.",
                        task.close_id.name,
                    )
                )

    def _is_offered(self, step):
        if self.close_state == "closed":
            return False
        if step == "review" and self.prepared_by_id == self.env.user:
            return False
        return super()._is_offered(step)

    def _roles(self):
        roles = super()._roles()
        if self.env.user.has_group(f"invoicing_clerk.group_{self.review_role}"):
            return roles | {rules.REVIEWER}
        return roles

    def _who_may(self, role):
        if role == rules.REVIEWER and self.review_role == "supervisor":
            return self.env._("A supervisor has to review this task.")
        return super()._who_may("clerk" if role == rules.REVIEWER else role)

    def _obstacle(self, step, vals):
        has_text = bool((vals.get("note") or "").strip())
        if step == "review" and self.prepared_by_id == self.env.user:
            return self.env._("You have prepared it: somebody else has to review it.")
        if step == "prepare" and not self.is_clean and not has_text:
            return self._explanation_text()
        if step in ("block", "exclude", "return") and not has_text:
            return self.env._("Enter the reason.")
        return super()._obstacle(step, vals)

    def _explanation_text(self):
        if not self._query():
            return self.env._("Enter what was done.")
        return self.env._(
            "%s remaining. Resolve them, or explain why they remain.",
            self.current_text,
        )

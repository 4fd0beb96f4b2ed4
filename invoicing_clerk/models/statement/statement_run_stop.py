from odoo import api, fields, models
from odoo.fields import Domain

from .statement_delivery import DOCUMENT_WORKERS


class ClerkStatementRun(models.Model):
    """Stops a run while it is being sent, and resumes it where it stopped.

    Workers look at the mark before each batch of PDFs and after each email, so at most
    the batch and the email in progress are finished. Nothing is sent twice.
    """

    _inherit = "clerk.statement.run"
    _guarded_fields = frozenset({"is_stopped"})

    is_stopped = fields.Boolean(
        string="Stopped",
        readonly=True,
        copy=False,
        tracking=True,
        help="Statements that are not sent yet wait until sending continues.",
    )

    @api.depends("is_stopped", "waiting_count")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _is_offered(self, step):
        if step == "stop":
            return not self.is_stopped and bool(self.waiting_count)
        if step == "resume":
            return self.is_stopped
        return super()._is_offered(step)

    def _obstacle(self, step, vals):
        if step == "stop" and self.is_stopped:
            return self.env._("It has already been stopped.")
        if step == "resume" and not self.is_stopped:
            return self.env._("It has not been stopped.")
        return super()._obstacle(step, vals)

    def action_stop(self):
        """Keep workers from sending what is not sent yet."""
        self._take_step("stop", is_stopped=True)

    def action_resume(self):
        """Send what was not sent when the run was stopped."""
        self._take_step("resume", is_stopped=False)
        self.env["clerk.statement"]._wake(*DOCUMENT_WORKERS, "ir_cron_statement_send")

    def _was_stopped(self):
        """Return whether somebody has stopped the run since the last commit."""
        self.invalidate_recordset(["is_stopped"])
        return self.is_stopped


class ClerkStatement(models.Model):
    _inherit = "clerk.statement"

    @api.model
    def _pending_domain(self):
        return super()._pending_domain() & Domain("run_id.is_stopped", "=", False)

    @api.model
    def _due_domain(self):
        return super()._due_domain() & Domain("run_id.is_stopped", "=", False)

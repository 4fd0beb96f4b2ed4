from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..statement.statement_delivery_mail import BATCH_SIZE, MailServerDownError

WORKER = "ir_cron_reminder"


class ClerkReminderNotice(models.Model):
    """Sends reminders by the engine of statements: a PDF first, no email twice."""

    _inherit = "clerk.reminder.notice"

    def action_try_again(self):
        """Send failed reminders again; one that may have arrived only by itself.

        :raises UserError: several are given, and one of them may have arrived
        """
        doubtful = self.filtered("doubt_on")
        if doubtful and len(self) > 1:
            raise UserError(doubtful._doubt_text())
        return super().action_try_again()

    def _doubt_text(self):
        return self.env._(
            "%s may have been delivered although sending failed. Ask the customers, "
            "then use Send Again on each reminder.",
            self._enumerate(),
        )

    # Workers

    @api.model
    def _workers(self, *_crons):
        """Return the one worker for PDFs and emails."""
        return super()._workers(WORKER)

    @api.model
    def _pending_domain(self):
        return super()._pending_domain() & self._going_domain()

    @api.model
    def _due_domain(self):
        return super()._due_domain() & self._going_domain()

    @api.model
    def _going_domain(self):
        return Domain("run_id.is_stopped", "=", False) & Domain("state", "=", "ready")

    @api.model
    def _cron_deliver(self):
        """Create missing PDFs, then send the emails that are ready, run by run."""
        self._settle_doubts()
        self._cron_make_documents()
        self._update_from_letters()
        progress = self.env["ir.cron"]
        progress._commit_progress(remaining=self.search_count(self._due_domain()))
        runs = self.env["clerk.reminder.run"]
        waits = False
        for run in runs.search([("state", "=", "sending")], order="id"):
            try:
                if not self._mail_ready(run):
                    break
            except MailServerDownError as error:
                # Other companies may have another server.
                run._wait_for_mail_server(error)
                waits = True
        else:
            if waits:
                # The next attempt is planned; until then nothing more can be sent.
                progress._commit_progress(remaining=0)
        runs._finish_runs()

    @api.model
    def _mail_ready(self, run):
        """Send the emails of a run; return whether there is time for the next run."""
        domain = Domain("run_id", "=", run.id) & self._due_domain()
        while batch := self.search(domain, order="id", limit=BATCH_SIZE):
            for _sent in batch._send_mails():
                if not self.env["ir.cron"]._commit_progress(1):
                    return False
                if run._was_stopped():
                    return True
            if run.error:
                run._inside().error = False
        return True

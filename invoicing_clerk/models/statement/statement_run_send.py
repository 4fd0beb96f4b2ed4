from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.statement import statement_delivery as rules
from .statement_delivery_mail import BATCH_SIZE, MailServerDownError

# Minutes after which a mail server that could not be reached is tried again.
PAUSE = 10


class ClerkStatementRun(models.Model):
    """Sends a reviewed run: documents first, then each by its customer's way.

    All of it happens in the background, in small committed steps, so that a run that
    is broken off goes on where it was.
    """

    _inherit = "clerk.statement.run"

    mail_template_id = fields.Many2one(
        "mail.template",
        string="Mail",
        domain=[("model", "=", "clerk.statement")],
        default=lambda self: self._default_mail_template(),
        help="What is written to customers. Its words are the clerks' own.",
    )
    sending_on = fields.Datetime(string="Sent Off On", readonly=True, copy=False)
    done_on = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _default_mail_template(self):
        return self.env.ref(
            "invoicing_clerk.mail_template_statement", raise_if_not_found=False
        )

    # Steps

    def action_send(self):
        """Send all that are neither held nor left out, in the background.

        :raises UserError: there are none
        """
        self._check_step("send")
        for run in self:
            # sudo: nobody writes statements but by steps; the run may be written.
            ready = run.sudo().statement_ids.filtered(
                lambda each: each.state == "ready"
            )
            if not ready:
                raise UserError(
                    self.env._("%s: there is no statement to send.", run.name)
                )
            ready._queue_delivery()
        self._set(sending_on=fields.Datetime.now())
        self._set_sending()
        return True

    def _set_sending(self):
        self._set(state="sending", done_on=False, error=False)

    def action_try_failed_again(self):
        self.check_access("write")
        failed = self.statement_ids.filtered(
            lambda each: each.delivery_state == "failed"
        )
        if not failed:
            raise UserError(self.env._("Nothing failed."))
        failed.action_try_again()

    @api.model
    def _finish_runs(self):
        """Runs of which nothing is underway any more are done."""
        sending = self.search([("state", "=", "sending")])
        busy = self.env["clerk.statement"]._read_group(
            [
                ("run_id", "in", sending.ids),
                ("state", "=", "ready"),
                ("delivery_state", "in", rules.UNDERWAY),
            ],
            ["run_id"],
        )
        done = sending - sending.browse().union(*(run for (run,) in busy))
        done._set(state="done", done_on=fields.Datetime.now())

    # Mailing

    @api.model
    def _cron_send(self):
        """Mail what waits, run by run. There is one worker, so that none meet."""
        statements = self.env["clerk.statement"]
        statements._settle_doubts()
        statements._take_over_letters()
        ready = statements.search_count([("delivery_state", "=", "ready")])
        self.env["ir.cron"]._commit_progress(remaining=ready)
        for run in self.search([("state", "=", "sending")], order="date, id"):
            if not run._mail_ready():
                break
        self._finish_runs()

    def _mail_ready(self):
        """Mail what waits of this run. Whether there is time for the next run."""
        while batch := self._next_to_mail():
            try:
                for _sent in batch._send_mails():
                    if not self.env["ir.cron"]._commit_progress(1):
                        return False
            except MailServerDownError as error:
                self._wait_for_mail_server(error)
                return True
            self._set(error=False)
        return True

    def _next_to_mail(self):
        statements = self.env["clerk.statement"]
        ready = Domain([("run_id", "=", self.id), ("delivery_state", "=", "ready")])
        size = min(BATCH_SIZE, self._mails_left_this_minute())
        found = statements.search(ready, order="id", limit=max(size, 1))
        if found and not size:
            statements._wake(
                "ir_cron_statement_send",
                at=fields.Datetime.now() + timedelta(minutes=1),
            )
            return statements
        return found

    def _mails_left_this_minute(self):
        """What the company's limit leaves, so that no provider takes it for spam."""
        limit = self.company_id.clerk_statement_mails_per_minute
        if not limit:
            return BATCH_SIZE
        gone = self.env["clerk.statement"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("delivery_state", "=", "sent"),
                ("sent_on", ">", fields.Datetime.now() - timedelta(minutes=1)),
            ]
        )
        return max(0, limit - gone)

    def _wait_for_mail_server(self, error):
        again = fields.Datetime.now() + timedelta(minutes=PAUSE)
        reason = self.env._(
            "The mail server cannot be reached, so statements wait: %(error)s. It is "
            "tried again in %(minutes)s minutes.",
            error=error,
            minutes=PAUSE,
        )
        self._set(error=reason)
        self.env["clerk.statement"]._wake("ir_cron_statement_send", at=again)

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...rules.plural import plural
from ...rules.statement import statement_delivery as rules
from .statement_delivery_mail import BATCH_SIZE, MailServerDownError

# Minutes after which a mail server that could not be reached is tried again.
PAUSE = 10


class ClerkStatementRun(models.Model):
    """Sends a reviewed run: PDFs first, then each statement by its delivery method.

    Everything happens in the background, in small committed steps, so that an
    interrupted run resumes where it stopped.
    """

    _inherit = "clerk.statement.run"
    _guarded_fields = frozenset({"sending_on", "done_on"})

    mail_template_id = fields.Many2one(
        "mail.template",
        string="Email Template",
        domain=[("model", "=", "clerk.statement")],
        default=lambda self: self._default_mail_template(),
        help="Text of the email to customers, maintained by supervisors. It is sent to "
        "the customer's statement contacts, regardless of the recipients set in "
        "the template.",
    )
    sending_on = fields.Datetime(string="Sending Since", readonly=True, copy=False)
    done_on = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _default_mail_template(self):
        return self.env.ref(
            "invoicing_clerk.mail_template_statement", raise_if_not_found=False
        )

    @api.constrains("mail_template_id")
    def _check_mail_template(self):
        self.mail_template_id._check_fits("clerk.statement")

    # Steps

    def action_ask_to_send(self):
        """Open the dialog that says what would be sent.

        :raises UserError: there is nothing to send
        """
        self.ensure_one()
        self._check_step_access()
        self._check_step("send")
        self._released()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send %s", self.name),
            "res_model": "clerk.statement.send",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_run_id": self.id},
        }

    def _released(self):
        """Return the statements that are neither held nor excluded.

        :raises UserError: there are none
        """
        ready = self.statement_ids.filtered(lambda each: each.state == "ready")
        if not ready:
            raise UserError(self.env._("%s: there is no statement to send.", self.name))
        return ready

    def _sending_summary(self):
        """Return what sending the run would send: a row for each delivery method.

        :return: ``ways`` and ``total`` with number and balance, ``flagged`` (released,
            with points to review), ``held`` and ``excluded``
        """
        ready = self.statement_ids.filtered(lambda each: each.state == "ready")
        labels = dict(self._fields["delivery_way"]._description_selection(self.env))
        by_way = ready.grouped(lambda each: each._way())
        rows = [
            {**self._summary_row(statements), "label": labels[way]}
            for way, statements in sorted(by_way.items())
        ]
        return {
            "ways": rows,
            "total": self._summary_row(ready),
            "flagged": len(ready.filtered("has_exception")),
            "held": self.held_count,
            "excluded": self.suppressed_count,
        }

    def _summary_row(self, statements):
        balance = sum(statements.mapped("closing_company"))
        return {"count": len(statements), "balance": self.currency_id.round(balance)}

    def action_send(self):
        """Send all statements that are neither held nor excluded, in the background.

        :raises UserError: there are none
        """
        self._check_step_access()
        self._check_step("send")
        for run in self:
            # sudo: only steps write statements; the caller can write the run.
            run.sudo()._released()._queue_delivery()
        self._write_step("send")
        return True

    def _step_values(self, step):
        values = super()._step_values(step)
        now = fields.Datetime.now()
        if step in ("send", "send_again"):
            values |= {"done_on": False, "error": False}
        if step == "send":
            values["sending_on"] = now
        if step == "finish":
            values |= {"done_on": now, "is_stopped": False}
        return values

    def action_try_failed_again(self):
        self.check_access("write")
        failed = self.statement_ids.filtered(
            lambda each: each.delivery_state == "failed"
        )
        if not failed:
            raise UserError(self.env._("There are no failed statements."))
        failed.action_try_again()

    @api.model
    def _finish_runs(self):
        """Finish the runs whose statements are all delivered or failed."""
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
        done._write_step("finish")
        # Not while it is sent: then nothing may fail but the delivery.
        done.statement_ids._tell_followers()

    # Emails

    @api.model
    def _cron_send(self):
        """Send waiting emails run by run, in a single worker, so none is sent twice."""
        statements = self.env["clerk.statement"]
        statements._settle_doubts()
        statements._update_from_letters()
        ready = statements.search_count(statements._due_domain())
        self.env["ir.cron"]._commit_progress(remaining=ready)
        sending = [("state", "=", "sending"), ("is_stopped", "=", False)]
        for run in self.search(sending, order="date, id"):
            if not run._mail_ready():
                break
        self._finish_runs()

    def _mail_ready(self):
        """Send the emails of this run. Return whether there is time for the next."""
        while batch := self._next_to_mail():
            try:
                for _sent in batch._send_mails():
                    if not self.env["ir.cron"]._commit_progress(1):
                        return False
                    if self._was_stopped():
                        return True
            except MailServerDownError as error:
                self._wait_for_mail_server(error)
                return True
            self._inside().error = False
        return True

    def _next_to_mail(self):
        statements = self.env["clerk.statement"]
        ready = Domain("run_id", "=", self.id) & statements._due_domain()
        size = min(BATCH_SIZE, self._mails_left_this_minute())
        batch = statements.search(ready, order="id", limit=max(size, 1))
        if batch and not size:
            statements._wake(
                "ir_cron_statement_send",
                at=fields.Datetime.now() + timedelta(minutes=1),
            )
            return statements
        return batch

    def _mails_left_this_minute(self):
        """Return how many more emails the limit of the company allows this minute."""
        limit = self.company_id.clerk_statement_mails_per_minute
        if not limit:
            return BATCH_SIZE
        now = fields.Datetime.now()
        sent = self.env["clerk.statement"].search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("delivery_state", "=", "sent"),
                ("sent_on", ">", now - timedelta(minutes=1)),
                # Later ones were sent before the clock was set back.
                ("sent_on", "<=", now),
            ]
        )
        return max(0, limit - sent)

    def _wait_for_mail_server(self, error):
        again = fields.Datetime.now() + timedelta(minutes=PAUSE)
        reason = plural(
            PAUSE,
            self.env._(
                "Statements are waiting: %(error)s. Next attempt in %(minutes)s "
                "minute.",
                error=error,
                minutes=PAUSE,
            ),
            self.env._(
                "Statements are waiting: %(error)s. Next attempt in %(minutes)s "
                "minutes.",
                error=error,
                minutes=PAUSE,
            ),
        )
        self._inside().error = reason
        self.env["clerk.statement"]._wake("ir_cron_statement_send", at=again)

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ....rules.statement.statement_delivery import DELIVERED
from ...statement.statement_delivery_mail import BATCH_SIZE, MailServerDownError
from ...statement.statement_run_send import PAUSE

_logger = logging.getLogger(__name__)

REPORT = "invoicing_clerk.action_report_audit_confirmation"


class ClerkAuditConfirmation(models.Model):
    """Sends letters that an auditor released, and reminds who has not answered.

    The auditor releases and the system sends, by the same careful way as statements:
    documents first, each mail committed before it is handed over, never two.
    """

    _inherit = "clerk.audit.confirmation"

    reminder_count = fields.Integer(string="Reminders", readonly=True, copy=False)
    remind_on = fields.Date(
        readonly=True, copy=False, help="When the customer is reminded next."
    )

    # Steps

    def _release(self):
        """Let these go out soon after this transaction."""
        self._check_step("release")
        for letter in self:
            letter._portal_ensure_token()
            letter.contact_email = letter._mail_contacts()[:1].email
        self.state = "sent"
        self._plan_reminder()
        self._queue_delivery()

    def _way(self):
        return self.delivery_way or "email"

    def _preferred_lang(self):
        return (
            self.partner_id.commercial_partner_id.statement_lang or self.partner_id.lang
        )

    def action_try_again(self):
        """Deliver again what failed, to the contact that the letter has by now.

        :raises UserError: one of them did not fail
        """
        self.check_access("write")
        self._check_audit_open()
        for letter in self:
            if letter.delivery_state != "failed":
                raise UserError(
                    self.env._(
                        "%s did not fail: there is nothing to try again.",
                        letter.display_name,
                    )
                )
        # sudo: the auditor may write the letters; delivery changes by steps only.
        for letter in self.sudo():
            letter.contact_email = letter._mail_contacts()[:1].email
        self.sudo()._queue_delivery()
        return True

    def action_remind(self):
        """Write again to these, who have not answered.

        :raises UserError: one has not gone out yet
        """
        self._check_step("remind")
        for letter in self:
            if letter.delivery_state not in DELIVERED:
                raise UserError(
                    self.env._(
                        "%s has not gone out yet: see what holds it up.",
                        letter.display_name,
                    )
                )
        # sudo: the auditor may write the letters; delivery changes by steps only.
        self.sudo()._remind()
        return True

    def _remind(self):
        for letter in self:
            letter.reminder_count += 1
        self._plan_reminder()
        self._queue_delivery()

    def _plan_reminder(self):
        today = fields.Date.context_today(self)
        for letter in self:
            days = letter.run_id.reminder_days
            letter.remind_on = days and today + timedelta(days=days)

    # Workers

    def _check_audit_open(self):
        """What became of a mail on its way is written down after the closing too."""
        if self.env.su and self.env.context.get("clerk_delivering"):
            return None
        return super()._check_audit_open()

    @api.model
    def _workers(self, *_crons):
        """One worker does all: letters of an audit are some hundreds."""
        return super()._workers("ir_cron_audit_confirmation")

    @api.model
    def _cron_deliver(self):
        """Make the documents that are missing, then mail what waits."""
        letters = self.with_context(clerk_delivering=True)
        letters._settle_doubts()
        letters._cron_make_documents()
        try:
            letters._mail_ready()
        except MailServerDownError as error:
            letters._wait_for_mail_server(error)

    @api.model
    def _mail_ready(self):
        while batch := self._next_to_mail():
            for _sent in batch._send_mails():
                if not self.env["ir.cron"]._commit_progress(1):
                    return

    @api.model
    def _next_to_mail(self):
        ready = self.search(
            [("delivery_state", "=", "ready")], order="run_id, id", limit=BATCH_SIZE
        )
        # One template for a batch: a run's, and the reminder is another one.
        return ready.filtered(lambda each: each._template() == ready[0]._template())

    @api.model
    def _wait_for_mail_server(self, error):
        again = fields.Datetime.now() + timedelta(minutes=PAUSE)
        self.search([("delivery_state", "=", "ready")]).delivery_error = self.env._(
            "The mail server cannot be reached: %(error)s. It is tried again in "
            "%(minutes)s minutes.",
            error=error,
            minutes=PAUSE,
        )
        self._wake("ir_cron_audit_confirmation", at=again)

    @api.model
    def _cron_remind(self):
        """Remind who has not answered; who was reminded often enough has no reply."""
        today = fields.Date.context_today(self)
        due = self.search(
            Domain(
                [
                    ("state", "=", "sent"),
                    ("delivery_state", "in", DELIVERED),
                    ("remind_on", "<=", today),
                    ("audit_id.state", "!=", "closed"),
                ]
            )
        )
        again = due.filtered(
            lambda each: each.reminder_count < each.run_id.reminder_most
        )
        again._remind()
        (due - again).state = "no_reply"

    # Documents and mails

    def _document_report(self):
        return REPORT

    def _document_name(self):
        self.ensure_one()
        return self.env._(
            "Confirmation %(name)s as of %(date)s", name=self.name, date=self.date
        )

    def _document_title(self):
        return self.env._(
            "Confirmation of balance as of %s", self._shown_date(self.date)
        )

    def _delivery_contact(self):
        self.ensure_one()
        return self.contact_id or self.partner_id

    def _mail_contacts(self):
        return self._delivery_contact().filtered("email")

    def _template(self):
        run = self.run_id
        return run.reminder_template_id if self.reminder_count else run.mail_template_id

    def _make_mails(self):
        for letter in self.filtered(lambda each: each.audit_id.state == "closed"):
            letter._fail(
                self.env._(
                    "%s is closed: nobody is asked any more.", letter.audit_id.name
                )
            )
        return super(
            ClerkAuditConfirmation,
            self.filtered(lambda each: each.audit_id.state != "closed"),
        )._make_mails()

    def _redact_message(self, message):
        """Remove the access token from the chatter."""
        message.body = message.body.replace(self.access_token, "…")

    def _fail(self, error):
        """Also of a closed engagement: a mail that comes back comes when it comes."""
        return super(
            ClerkAuditConfirmation, self.with_context(clerk_delivering=True)
        )._fail(error)

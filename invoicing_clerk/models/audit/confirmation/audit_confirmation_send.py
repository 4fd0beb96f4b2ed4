import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ....rules.audit.confirmation.audit_confirmation_link import without_token
from ....rules.mail_address import addresses
from ....rules.plural import plural
from ....rules.statement.statement_delivery import DELIVERED
from ...statement.statement_delivery_mail import BATCH_SIZE, MailServerDownError
from ...statement.statement_run_send import PAUSE

_logger = logging.getLogger(__name__)

REPORT = "invoicing_clerk.action_report_audit_confirmation"


class ClerkAuditConfirmation(models.Model):
    """Sending of released requests, and reminders for those without a reply.

    The auditor releases and the system sends, by the same process as statements:
    documents first, each email committed before it is handed over, none sent twice.
    """

    _inherit = "clerk.audit.confirmation"

    reminder_count = fields.Integer(string="Reminders", readonly=True, copy=False)
    remind_on = fields.Date(
        string="Next Reminder",
        readonly=True,
        copy=False,
        help="Date of the next reminder.",
    )

    # Steps

    def _release(self):
        """Queue these requests for sending; the caller has locked their run."""
        self._check_step_access()
        self._check_step("release")
        for confirmation in self:
            confirmation._portal_ensure_token()
            confirmation.partner_name = confirmation.partner_id.display_name
        self._record_address()
        self._write_step("release")
        self._plan_reminder()
        self._queue_delivery()

    def _record_address(self):
        """Keep the address that the auditor releases: no other gets the link."""
        for confirmation in self:
            confirmation.contact_email = confirmation._mail_contacts()[:1].email

    def _way(self):
        return self.delivery_way or "email"

    def _preferred_lang(self):
        return (
            self.partner_id.commercial_partner_id.statement_lang or self.partner_id.lang
        )

    def action_try_again(self):
        """Retry failed deliveries, to the current contact of the request.

        :raises UserError: the delivery of one did not fail
        """
        self._check_step_access()
        for confirmation in self:
            if confirmation.delivery_state != "failed":
                raise UserError(
                    self.env._(
                        "%s: the delivery did not fail, so there is nothing to retry.",
                        confirmation.display_name,
                    )
                )
        # sudo: auditors may write the requests; only steps write their delivery.
        self.sudo()._record_address()
        self.sudo()._queue_delivery()
        return True

    def _check_may_make_again(self):
        self._check_step_access()

    def _resend_documents(self):
        # sudo: see `action_try_again`.
        self.sudo()._record_address()
        self.sudo()._queue_delivery()

    def action_remind(self):
        """Send a reminder for these requests.

        :raises UserError: one has not been delivered yet
        """
        self._begin_step("remind")
        for confirmation in self:
            if confirmation.delivery_state not in DELIVERED:
                raise UserError(
                    self.env._(
                        "%s has not been sent yet. Check its delivery status.",
                        confirmation.display_name,
                    )
                )
        # sudo: auditors may write the requests; only steps write their delivery.
        self.sudo()._remind()
        return True

    def _remind(self):
        for confirmation in self:
            confirmation.reminder_count += 1
        self._plan_reminder()
        self._queue_delivery()

    def _plan_reminder(self):
        today = fields.Date.context_today(self)
        for confirmation in self:
            days = confirmation.run_id.reminder_days
            confirmation.remind_on = days and today + timedelta(days=days)

    # Workers

    def _check_audit_open(self):
        """Let the worker record a delivery after the engagement was closed, too."""
        if self.env.su and self.env.context.get("clerk_delivering"):
            return None
        return super()._check_audit_open()

    @api.model
    def _workers(self, *_crons):
        """Return the one worker for all: an audit has a few hundred requests."""
        return super()._workers("ir_cron_audit_confirmation")

    @api.model
    def _cron_deliver(self):
        """Create missing documents, then send the emails that are ready."""
        confirmations = self.with_context(clerk_delivering=True)
        confirmations._settle_doubts()
        confirmations._cron_make_documents()
        try:
            confirmations._mail_ready()
        except MailServerDownError as error:
            confirmations._wait_for_mail_server(error)

    @api.model
    def _mail_ready(self):
        while batch := self._next_to_mail():
            for _sent in batch._send_mails():
                if not self.env["ir.cron"]._commit_progress(1):
                    return

    @api.model
    def _next_to_mail(self):
        ready = self.search(self._due_domain(), order="run_id, id", limit=BATCH_SIZE)
        # A batch has one address for replies, and one template.
        return ready.filtered(
            lambda each: (
                each.run_id == ready[0].run_id
                and each._template() == ready[0]._template()
            )
        )

    @api.model
    def _wait_for_mail_server(self, error):
        again = fields.Datetime.now() + timedelta(minutes=PAUSE)
        self.search([("delivery_state", "=", "ready")]).delivery_error = plural(
            PAUSE,
            self.env._(
                "Requests are waiting: %(error)s. Next attempt in %(minutes)s minute.",
                error=error,
                minutes=PAUSE,
            ),
            self.env._(
                "Requests are waiting: %(error)s. Next attempt in %(minutes)s minutes.",
                error=error,
                minutes=PAUSE,
            ),
        )
        self._wake("ir_cron_audit_confirmation", at=again)

    @api.model
    def _cron_remind(self):
        """Send reminders that are due; after the last one, close as no reply."""
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
        (due - again)._write_step("give_up")

    # Documents and mails

    def _document_report(self):
        return REPORT

    def _document_name(self):
        self.ensure_one()
        return self.env._(
            "Confirmation request %(name)s as of %(date)s",
            name=self.name,
            date=self.date,
        )

    def _document_title(self):
        return self.env._(
            "Confirmation of your account balance as of %s", self._shown_date(self.date)
        )

    def _delivery_contact(self):
        self.ensure_one()
        return self.contact_id or self.partner_id

    def _mail_contacts(self):
        return self._delivery_contact()._mailable()

    def _template(self):
        run = self.run_id
        return run.reminder_template_id if self.reminder_count else run.mail_template_id

    def _mail_values(self):
        """Direct replies to the auditor, whatever the template says."""
        return {"reply_to": self.run_id._check_reply_to()}

    def _make_mails(self):
        """Send nothing for closed engagements, or without an address for replies."""
        obstacles = {each: each._mail_obstacle() for each in self}
        for confirmation, obstacle in obstacles.items():
            if obstacle:
                confirmation._fail(obstacle)
        free = self.filtered(lambda each: not obstacles[each])
        return super(ClerkAuditConfirmation, free)._make_mails()

    def _mail_obstacle(self):
        if self.audit_id.state == "closed":
            return self.env._(
                "%s is closed: no further requests are sent.", self.audit_id.name
            )
        try:
            self.run_id._check_reply_to()
        except UserError as error:
            return str(error)
        return self._address_obstacle()

    def _address_obstacle(self):
        """Return a sentence if the address is not the one that the auditor released.

        Users of the company can change contacts: the link would go to them.
        """
        current = self._mail_contacts()[:1].email
        known = addresses(self.contact_email or "")
        if not current or addresses(current) == known:
            return None
        return self.env._(
            "The email address of %(contact)s was changed from %(before)s to "
            "%(after)s. Verify that it belongs to the customer, then try again.",
            contact=self._delivery_contact().display_name,
            before=self.contact_email or self.env._("none"),
            after=current,
        )

    def _can_bounce(self, message):
        """Leave requests alone that were answered or closed."""
        return (
            super()._can_bounce(message)
            and self.state == "sent"
            and self.audit_id.state != "closed"
        )

    # The link in the chatter

    def _redact_message(self, message):
        """Remove the access token from the chatter."""
        message.body = without_token(message.body, self.access_token)

    def _record_sent(self, refused):
        """Remove the link from the email, too, when it is sent."""
        result = super()._record_sent(refused)
        if mail := self.mail_id.exists():
            mail.body_html = without_token(mail.body_html, self.access_token)
        return result

    def _message_create(self, values_list):
        """Remove the link from every message: customers quote it in replies."""
        # sudo: nobody may read the token; here it is removed.
        tokens = [token for token in self.sudo().mapped("access_token") if token]
        for values in values_list:
            for name, text in values.items():
                if isinstance(text, str):
                    for token in tokens:
                        text = without_token(text, token)
                    values[name] = text
        return super()._message_create(values_list)

    def message_update(self, msg_dict, update_vals=None):
        """Keep no files of an email: they may contain the link, in any form.

        Customers reply to the auditor. What reaches the company instead is noted, for
        the auditor to ask the customer.
        """
        files = len(msg_dict.pop("attachments", None) or [])
        result = super().message_update(msg_dict, update_vals)
        note = self.env._(
            "This email was sent to the company instead of the auditor, so it is not a "
            "reply to the request. Attachments that were not kept: %s.",
            files,
        )
        body = Markup("<p>%s</p>%s") % (note, Markup(msg_dict["body"]))
        msg_dict.update(body=body, is_internal=True)
        return result

    def _fail(self, error):
        """Record failures of closed engagements, too."""
        return super(
            ClerkAuditConfirmation, self.with_context(clerk_delivering=True)
        )._fail(error)

import logging
import smtplib
from contextlib import contextmanager

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

# Emails that are created together.
BATCH_SIZE = 50


class MailServerDownError(Exception):
    """The mail server cannot be reached; all emails wait."""


class ClerkStatementDelivery(models.AbstractModel):
    """Sends a document by email, and never twice.

    An email that was handed to a mail server cannot be called back. So the status
    *Sending* is committed before the handover. If a worker is interrupted in between,
    the email may have been sent: the document fails with this message, for a
    clerk to decide. Waiting emails are cancelled ones, so that Odoo's own queue does
    not send them.
    """

    _inherit = "clerk.statement.delivery"

    mail_id = fields.Many2one(
        "mail.mail", readonly=True, copy=False, ondelete="set null"
    )

    # Recipients and emails

    def _delivery_contact(self):
        """Return the addressee."""
        self.ensure_one()
        return self.partner_id._statement_contact()

    def _mail_contacts(self):
        """Return the recipients: contacts that can be mailed, or the customer."""
        self.ensure_one()
        contacts = self.partner_id._statement_contacts()[self.partner_id]
        return contacts._mailable() or self.partner_id._mailable()

    def _make_mails(self):
        """Create the emails of a batch. If one fails, the others go on.

        :return: the records with an email
        """
        without = self.filtered(lambda each: not each.mail_id)
        for statement in without.filtered(lambda each: not each._mail_contacts()):
            statement._fail(
                self.env._(
                    "%s Correct it and try again.",
                    statement._delivery_contact()._no_email_text(),
                )
            )
            without -= statement
        without._write_mails_or_halve()
        return self.filtered("mail_id")

    def _write_mails_or_halve(self):
        if not self:
            return
        try:
            with self.env.cr.savepoint():
                self._write_mails()
        except Exception as error:
            _logger.info("Mail of %s failed", self.mapped("name"), exc_info=True)
            if len(self) == 1:
                self._fail(self.env._("The email could not be created: %s", error))
                return
            half = len(self) // 2
            self[:half]._write_mails_or_halve()
            self[half:]._write_mails_or_halve()

    def _template(self):
        """Return the template of the email."""
        return self.run_id.mail_template_id

    def _write_mails(self):
        """Make the emails of a batch that has one template.

        :raises UserError: the run has none
        """
        template = self[0]._template()
        if not template:
            raise UserError(
                self.env._("the run has no template. Choose one, then try again.")
            )
        mails = template.send_mail_batch(
            self.ids,
            email_values={"state": "cancel"},
            email_layout_xmlid="mail.mail_notification_light",
        )
        for record, mail in zip(self, mails, strict=True):
            record.mail_id = mail
            record._redact_message(mail.mail_message_id)

    def _redact_message(self, message):
        """Remove what readers of the chatter must not see. Nothing by default."""

    def _process_attachments_for_template_post(self, mail_template):
        """Attach the PDF, unless the document is delivered in the portal."""
        result = super()._process_attachments_for_template_post(mail_template)
        for statement in self:
            if statement.document_id and statement.delivery_way != "portal":
                values = result.setdefault(statement.id, {})
                values.setdefault("attachment_ids", []).append(statement.document_id.id)
        return result

    # Handover to the mail server

    def _send_mails(self):
        """Send the emails one by one, and yield after each.

        :raises MailServerDownError: the mail server cannot be reached; the remaining
            emails keep waiting
        """
        statements = {each.mail_id.id: each for each in self._make_mails()}
        # sudo: emails of these records; their content is not returned.
        mails = self.env["mail.mail"].sudo().browse(statements)
        for server, alias, smtp_from, ids in mails._split_by_mail_configuration():
            waiting = [statements[id_] for id_ in ids]
            while waiting:
                with self._session(server, smtp_from) as session:
                    for statement in list(waiting):
                        waiting.remove(statement)
                        goes_on = statement._hand_over(session, server, alias)
                        yield statement
                        if not goes_on:
                            break

    @contextmanager
    def _session(self, server, smtp_from):
        try:
            session = self.env["ir.mail_server"]._connect__(
                mail_server_id=server, smtp_from=smtp_from
            )
        except Exception as error:
            raise MailServerDownError(str(error)) from error
        try:
            yield session
        finally:
            if session:
                self._end_session(session)

    def _end_session(self, session):
        try:
            session.quit()
        except smtplib.SMTPException:
            _logger.info("The mail server had ended the session.")

    def _hand_over(self, session, server, alias):
        """Send one email, and return whether the session can be used for the next."""
        self.ensure_one()
        if obstacle := self._document_obstacles().get(self):
            self._fail(obstacle)
            return True
        self.write(
            {"delivery_state": "sending", "delivery_tries": self.delivery_tries + 1}
        )
        self.env["ir.cron"]._commit_progress()
        # Not committed: if this worker is interrupted, Odoo's queue does not send it.
        self.mail_id.state = "outgoing"
        try:
            self.mail_id._send(
                smtp_session=session,
                alias_domain_id=alias,
                mail_server=self.env["ir.mail_server"].browse(server),
            )
        except (psycopg2.Error, smtplib.SMTPServerDisconnected):
            _logger.warning("Sending %s was interrupted", self.name, exc_info=True)
            self.env.cr.rollback()
            self._set_in_doubt()
            return False
        self._update_from_mail()
        return True

    def _update_from_mail(self):
        mail = self.mail_id.exists()
        # Templates may delete emails after sending.
        if mail and mail.state != "sent":
            self._fail(mail.failure_reason or self.env._("The email was not sent."))
            mail.state = "cancel"
            return
        self.write(
            {
                "delivery_state": "sent",
                "delivery_error": False,
                "sent_on": fields.Datetime.now(),
            }
        )

    def _set_in_doubt(self):
        for statement in self:
            statement._fail(
                self.env._(
                    "Sending was interrupted while the mail server had the email, so "
                    "it may have arrived. Ask the customer before you try again."
                )
            )

    @api.model
    def _settle_doubts(self):
        """Fail records with status *Sending* when nobody is sending."""
        self.search([("delivery_state", "=", "sending")])._set_in_doubt()

    def _message_receive_bounce(self, email, partner):
        """Fail when the email bounces, so that it can be sent again."""
        self._fail(
            self.env._(
                "The email to %s bounced. Correct the address and try again.", email
            )
        )
        return super()._message_receive_bounce(email, partner)

import logging
import smtplib
from contextlib import contextmanager

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

# Mails whose texts are made in one go.
BATCH_SIZE = 50


class MailServerDownError(Exception):
    """No mail can be sent at this moment; all of them wait."""


class ClerkStatementDelivery(models.AbstractModel):
    """Mails a statement, and never twice.

    What was handed to a mail server cannot be taken back, so each statement says that
    it is being sent, and that is committed, before it is handed over. Where a worker is
    ended in between, nobody knows whether it went out: it stays with that sentence, for
    a clerk to decide. Until its turn comes a mail is a cancelled one, which no other
    sender of Odoo touches.
    """

    _inherit = "clerk.statement.delivery"

    mail_id = fields.Many2one(
        "mail.mail", readonly=True, copy=False, ondelete="set null"
    )

    # The mail

    def _delivery_contact(self):
        """To whom it is addressed."""
        self.ensure_one()
        return self.partner_id._statement_contact()

    def _mail_contacts(self):
        """Who gets the mail: those contacts that have an address, else the customer."""
        self.ensure_one()
        contacts = self.partner_id._statement_contacts()[self.partner_id]
        return contacts.filtered("email") or self.partner_id.filtered("email")

    def _make_mails(self):
        """Make the mails of a batch; what cannot be written fails alone.

        :return: those that have one
        """
        without = self.filtered(lambda each: not each.mail_id)
        for statement in without.filtered(lambda each: not each._mail_contacts()):
            statement._fail(
                self.env._(
                    "%s has no e-mail address. Add one and try again.",
                    statement._delivery_contact().display_name,
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
                self._fail(self.env._("The mail could not be written: %s", error))
                return
            half = len(self) // 2
            self[:half]._write_mails_or_halve()
            self[half:]._write_mails_or_halve()

    def _write_mails(self):
        template = self.run_id.mail_template_id
        if not template:
            raise UserError(
                self.env._("the run has no template. Choose one, then try again.")
            )
        mails = template.send_mail_batch(
            self.ids,
            email_values={"state": "cancel"},
            email_layout_xmlid="mail.mail_notification_light",
        )
        for statement, mail in zip(self, mails, strict=True):
            statement.mail_id = mail

    def _process_attachments_for_template_post(self, mail_template):
        """The PDF goes along, save to who reads it in the portal."""
        found = super()._process_attachments_for_template_post(mail_template)
        for statement in self:
            if statement.document_id and statement.delivery_way != "portal":
                values = found.setdefault(statement.id, {})
                values.setdefault("attachment_ids", []).append(statement.document_id.id)
        return found

    # Handing it over

    def _send_mails(self):
        """Hand these to the mail server, one after the other.

        Yields after each, when it is settled and committed.

        :raises MailServerDownError: nothing can be sent; the rest is as before
        """
        statements = {each.mail_id.id: each for each in self._make_mails()}
        # sudo: mails just made of these statements; their content goes to no caller.
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
        """Send one mail. Whether the session can be used for the next one."""
        self.ensure_one()
        self.write(
            {"delivery_state": "sending", "delivery_tries": self.delivery_tries + 1}
        )
        self.env["ir.cron"]._commit_progress()
        # Not committed as such: should we be ended, no other sender takes it up.
        self.mail_id.state = "outgoing"
        try:
            self.mail_id._send(
                smtp_session=session,
                alias_domain_id=alias,
                mail_server=self.env["ir.mail_server"].browse(server),
            )
        except (psycopg2.Error, smtplib.SMTPServerDisconnected):
            _logger.warning("Sending %s was broken off", self.name, exc_info=True)
            self.env.cr.rollback()
            self._set_in_doubt()
            return False
        self._take_over_outcome()
        return True

    def _take_over_outcome(self):
        mail = self.mail_id.exists()
        # A template may say that mails are deleted once they were sent.
        if mail and mail.state != "sent":
            self._fail(mail.failure_reason or self.env._("The mail was not sent."))
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
                    "Sending was broken off while the mail server had it, so it may "
                    "have arrived. Ask the customer before you try again."
                )
            )

    @api.model
    def _settle_doubts(self):
        """What says that it is being sent, when nobody sends, was broken off."""
        self.search([("delivery_state", "=", "sending")])._set_in_doubt()

    def _message_receive_bounce(self, email, partner):
        """The mail came back: the statement says so, and can be sent again."""
        self._fail(
            self.env._(
                "The mail to %s came back. Correct the address and try again.", email
            )
        )
        return super()._message_receive_bounce(email, partner)

import logging
import smtplib
from contextlib import contextmanager
from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize_all

from ...rules.plural import plural
from ...rules.statement.statement_delivery import (
    RETRY_MINUTES,
    mail_outcome,
    retry_minutes,
)
from ..mixin.attempt import attempt_in_parts
from .smtp_session import SmtpSession

_logger = logging.getLogger(__name__)

# Emails that are created together.
BATCH_SIZE = 50
# After so many sessions in a row that ended early, all emails wait.
MAX_BROKEN = 3


class MailServerDownError(Exception):
    """The mail server cannot be reached; all emails wait."""


class ClerkStatementDelivery(models.AbstractModel):
    """Sends a document by email, and never twice.

    An email that was handed to a mail server cannot be recalled. So the status
    *Sending* is committed before the handover. If a worker is interrupted in between,
    the email may have been sent: the document fails with this message, for a
    clerk to decide. Waiting emails are cancelled ones, so that Odoo's own queue does
    not send them.
    """

    _inherit = "clerk.statement.delivery"

    mail_id = fields.Many2one(
        "mail.mail", string="Email", readonly=True, copy=False, ondelete="set null"
    )
    mailed_to = fields.Char(
        string="Emailed To",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Addresses of the last email.",
    )
    retry_on = fields.Datetime(
        string="Next Attempt",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The mail server temporarily refused the email; it will be sent again at "
        "this time.",
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
        for part, error in attempt_in_parts(without, lambda part: part._write_mails()):
            if error:
                part._fail(self.env._("The email could not be created: %s", error))
        return self.filtered("mail_id")

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
        recipients = {each: each._mail_contacts() for each in self}
        mails = template._make_mails_to(
            recipients,
            state="cancel",
            layout="mail.mail_notification_light",
            **self._mail_values(),
        )
        for record, mail in zip(self, mails, strict=True):
            addresses = email_normalize_all(
                ", ".join(mail.recipient_ids.mapped("email"))
            )
            record.write({"mail_id": mail.id, "mailed_to": ", ".join(addresses)})
            record._redact_message(mail.mail_message_id)

    def _mail_values(self):
        """Return what the template does not decide. Nothing more by default."""
        return {}

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
            broken = 0
            while waiting:
                with self._session(server, smtp_from) as session:
                    for statement in list(waiting):
                        waiting.remove(statement)
                        goes_on = statement._hand_over(session, server, alias)
                        broken = 0 if goes_on else broken + 1
                        yield statement
                        if not goes_on:
                            break
                if broken >= MAX_BROKEN:
                    raise MailServerDownError(
                        self.env._("the mail server ended %s sessions in a row", broken)
                    )

    @contextmanager
    def _session(self, server, smtp_from):
        try:
            smtp = self.env["ir.mail_server"]._connect__(
                mail_server_id=server, smtp_from=smtp_from
            )
        except Exception as error:
            raise MailServerDownError(
                self.env._("the mail server cannot be reached: %s", error)
            ) from error
        # Without a mail server, as in tests, Odoo sends nothing.
        session = smtp and SmtpSession(smtp)
        try:
            yield session
        finally:
            if session:
                session.close()

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
        interruption = None
        if session:
            session.begin()
        try:
            self.mail_id._send(
                smtp_session=session and session.smtp,
                alias_domain_id=alias,
                mail_server=self.env["ir.mail_server"].browse(server),
            )
        except (psycopg2.Error, smtplib.SMTPServerDisconnected) as error:
            _logger.warning("Sending %s was interrupted", self.name, exc_info=True)
            self.env.cr.rollback()
            interruption = error
        self._record_outcome(session, interruption)
        return not interruption and (not session or session.is_open)

    def _record_outcome(self, session, interruption):
        mail = self.mail_id.exists()
        accepted = session.accepted if session else set()
        is_sent = not interruption and (not mail or mail.state == "sent")
        has_all = bool(accepted) and self._mail_addresses() <= accepted
        outcome = mail_outcome(
            bool(session and session.is_unconfirmed),
            is_sent or has_all,
            bool(interruption),
            session.codes if session else [],
        )
        if outcome == "sent":
            self._record_sent(session.refused if session else {})
        elif outcome == "doubt":
            self._set_in_doubt()
        else:
            reason = interruption or mail.failure_reason
            reason = str(reason or self.env._("The email was not sent."))
            self._keep_for_others(mail, accepted)
            if outcome == "failed" or not self._plan_retry(reason):
                self._fail(reason)

    def _mail_addresses(self):
        """Return the addresses of the email, as they were when it was made."""
        return set((self.mailed_to or "").split(", ")) - {""}

    def _keep_for_others(self, mail, accepted):
        """Do not send the email again to recipients who have it."""
        mail.state = "cancel"
        mail.recipient_ids = mail.recipient_ids.filtered(
            lambda partner: not accepted >= set(email_normalize_all(partner.email))
        )

    def _plan_retry(self, reason):
        """Plan the next attempt; return False if there is none."""
        minutes = retry_minutes(self.delivery_tries)
        if not minutes:
            return False
        retry_on = fields.Datetime.now() + timedelta(minutes=minutes)
        self.write(
            {
                "delivery_state": "ready",
                "delivery_error": plural(
                    minutes,
                    self.env._(
                        "Not sent yet, next attempt in %(minutes)s minute: %(reason)s",
                        minutes=minutes,
                        reason=reason,
                    ),
                    self.env._(
                        "Not sent yet, next attempt in %(minutes)s minutes: %(reason)s",
                        minutes=minutes,
                        reason=reason,
                    ),
                ),
                "retry_on": retry_on,
            }
        )
        self._wake("ir_cron_statement_send", at=retry_on)
        return True

    @api.model
    def _due_domain(self):
        """Return the domain of emails that can be sent now.

        No attempt is planned for later than the longest wait. One that is was planned
        before the clock was set back.
        """
        now = fields.Datetime.now()
        longest = now + timedelta(minutes=max(RETRY_MINUTES))
        return Domain("delivery_state", "=", "ready") & (
            Domain("retry_on", "=", False)
            | Domain("retry_on", "<=", now)
            | Domain("retry_on", ">", longest)
        )

    def _record_sent(self, refused):
        """Record that it was sent, and which of several addresses was refused."""
        error = refused and self.env._(
            "The mail server refused %s.",
            ", ".join(
                f"{address} ({code})" for address, (code, _text) in refused.items()
            ),
        )
        self.write(
            {
                "delivery_state": "sent",
                "delivery_error": error or False,
                "retry_on": False,
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

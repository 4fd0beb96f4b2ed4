from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..mixin.attempt import attempt, reason_of


class ClerkCorrection(models.Model):
    """The email to the customer, with the documents and an explanation.

    A scheduled action sends it after the correction was applied, so that rendering
    holds no locks and a failure undoes nothing. The correction keeps the reason of a
    failure, and the email can be sent again.
    """

    _inherit = "clerk.correction"

    send_to_customer = fields.Boolean(
        string="Send to Customer",
        help="Emails the new documents to the customer, with an explanation.",
    )
    sending_state = fields.Selection(
        [("queued", "Being Sent"), ("sent", "Sent"), ("failed", "Not Sent")],
        string="Email",
        readonly=True,
        copy=False,
    )
    sending_error = fields.Char(readonly=True, copy=False)

    def _queue_mail(self):
        """Send the emails that were asked for soon after this transaction."""
        queued = self.filtered("send_to_customer")
        if queued:
            queued._inside().write({"sending_state": "queued", "sending_error": False})
            # sudo: only wakes the cron, which sends as its own user.
            self.env.ref("invoicing_clerk.ir_cron_correction_mail").sudo()._trigger()

    def action_send_again(self):
        self.check_access("write")
        self.filtered(lambda each: each.sending_state == "failed")._queue_mail()

    @api.model
    def _cron_send(self, batch_size=50):
        queued = self.search(self._domain_to_send(), order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(queued))
        for correction in queued[:batch_size]:
            # Most of a batch were sent together with the first one for the customer.
            if correction.sending_state == "queued":
                correction._sent_together()._send_if_free()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _domain_to_send(self):
        return Domain("sending_state", "=", "queued")

    def _sent_together(self):
        """Return the corrections of which one email tells the customer."""
        return self

    def _send_if_free(self):
        """Send the email, unless somebody else is sending it."""
        if len(self.try_lock_for_update()) < len(self):
            return
        self.invalidate_recordset()
        queued = self.filtered_domain(self._domain_to_send())
        if queued:
            queued._send_safely()

    def _send_safely(self):
        """Send the email, or keep the reason of the failure on the corrections."""
        error = attempt(self.env, self._send_mail)
        self._inside().write(
            {
                "sending_state": "failed" if error else "sent",
                "sending_error": reason_of(error),
            }
        )

    def _send_mail(self):
        """Email their own documents to each customer, with the explanation.

        :raises UserError: a customer has no valid email address; nothing is sent
        """
        documents = self.env["account.move"].union(
            *(each._customer_documents() for each in self)
        )
        by_partner = documents.grouped("partner_id")
        for partner in by_partner:
            if not partner._mailable():
                raise UserError(
                    self.env._(
                        "%s Correct it and send it again.", partner._no_email_text()
                    )
                )
        emails = [self._email_to(*each) for each in by_partner.items()]
        # An email that was sent cannot be rolled back: what may conflict with another
        # transaction is written before the first one leaves.
        self.env.flush_all()
        for template, recipients, files in emails:
            template._make_mails_to(
                recipients, attachment_ids=files.ids, force_send=True
            )

    def _email_to(self, partner, documents):
        """Return template, recipients by record, and files of an email."""
        attachments = self._document_files(documents)
        documents.is_move_sent = True
        template = self.env.ref("invoicing_clerk.mail_template_correction")
        told = template.with_context(clerk_customer=partner, clerk_documents=documents)
        return told, {self: partner}, attachments

    @api.model
    def _document_files(self, documents):
        """Return the files of documents as core sends them; made if need be."""
        opening = documents.with_context(clerk_opens_pdf=True)
        return opening.env["account.move.send"]._generate_and_send_invoices(
            opening, sending_methods={"manual"}
        )

    def _customer_documents(self):
        """Return the new documents, or the one that was reissued."""
        documents = self.document_ids.filtered(
            lambda each: each.move_type in ("out_invoice", "out_refund")
        )
        return documents or self.move_id

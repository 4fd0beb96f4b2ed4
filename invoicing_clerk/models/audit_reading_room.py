from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize_all

# Colleagues talk there; documents and customers are elsewhere.
TALKS = ("discuss.channel",)


class ReadingRoom(models.AbstractModel):
    """What core lets everybody do who reads a document, and auditors may not.

    Core lets readers of an invoice or a customer write messages on it, plan activities,
    and so send mail to customers. An auditor who holds no other role reads: words go
    only on what the auditor may change, and mail only to colleagues.
    """

    _name = "clerk.audit.reading.room"
    _description = "Limits of Auditors"

    @api.model
    def _check_documents(self, documents):
        """:raises AccessError: an auditor writes on what auditors only read

        :param documents: (model, id) of each
        """
        if self.env.su or not self.env.user._is_in_reading_room():
            return
        for model, res_id in set(documents):
            if not model or model in TALKS or model not in self.env:
                continue
            if not self.env[model].browse(res_id or []).has_access("write"):
                raise AccessError(
                    self.env._(
                        "Auditors read here and write nothing: neither messages nor "
                        "activities. Ask by a request of your engagement."
                    )
                )

    @api.model
    def _check_recipients(self, mails):
        """:raises AccessError: an auditor causes a mail to somebody outside

        The rights of the superuser do not count: mails are always made with them.
        """
        if not self.env.user._is_in_reading_room():
            return
        # sudo: tells colleagues from others, and shows nobody anything of them.
        mails_sudo = mails.sudo()
        strangers = mails_sudo.recipient_ids.filtered("partner_share").mapped("name")
        addresses = {
            address
            for mail in mails_sudo
            for address in email_normalize_all(
                f"{mail.email_to or ''},{mail.email_cc or ''}"
            )
        }
        known = mails_sudo.env["res.partner"].search(
            [("email_normalized", "in", list(addresses)), ("partner_share", "=", False)]
        )
        strangers += sorted(addresses - set(known.mapped("email_normalized")))
        if strangers:
            raise AccessError(
                self.env._(
                    "Auditors send no mail, so nothing goes to %s. Letters that ask "
                    "for a balance are released on a confirmation run.",
                    ", ".join(strangers),
                )
            )


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["clerk.audit.reading.room"]._check_documents(
            (vals.get("model"), vals.get("res_id")) for vals in vals_list
        )
        return super().create(vals_list)


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    @api.model_create_multi
    def create(self, vals_list):
        self.env["clerk.audit.reading.room"]._check_documents(
            (vals.get("model"), vals.get("res_id")) for vals in vals_list
        )
        return super().create(vals_list)


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        self.env["clerk.audit.reading.room"]._check_recipients(mails)
        return mails

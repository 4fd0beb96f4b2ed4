"""Limits of auditors without another role, and all that audits change in core models.

Core lets readers of an invoice or a customer write messages on it, plan activities and
so send email to customers. An auditor without another role has read-only access: they
write messages only on records that they may change, and send email only to colleagues.

This is the complete list of what the audit packages extend of core models. None of it
costs a query for users who are not auditors.

- `mail.message`, `mail.scheduled.message`, `mail.activity`: ``create`` here refuses
  messages and activities of auditors on records that they may only read.
- `mail.mail`: ``create`` here refuses emails of auditors to people outside.
- `res.users`: ``_is_readonly_auditor`` in `res_users.py`; one look-up in the cache of
  groups, and all that other users pay for the checks above.
- `mail.message`, `mail.tracking.value`, `account.move`: ``write`` and deletion in
  `mail_message.py` keep tracked changes that an engagement covers. Without an
  engagement, they cost one query where messages are deleted or rewritten.
- `base`, `account.move`, `account.payment`, `res.partner`, `res.partner.bank`:
  ``_covered_records`` in `mail_message.py` says what an engagement covers; core does
  not call it.
- `mail.thread`, `account.move.line`: in `mail_thread.py`, changes that an open
  engagement covers are tracked even if the caller asks for silence.
- `base`: ``export_data`` in `base.py` logs exports of auditors.
- `ir.attachment`: the guard of `clerk.evidence` protects delivered documents, packs and
  replies. It queries only for attachments of models with evidence.
- `ir.attachment`: ``create`` and ``write`` in `audit/request/ir_attachment.py` seal
  documents that are attached to a request after delivery.
- `ir.attachment`: hooks of the file store in `audit/pack/ir_attachment.py` accept a
  file on disk as content.
- `res.partner`: payment terms and credit limits are tracked, by `res_partner.py`, which
  also keeps that free of queries when invoices are posted.
- `account.move` and others have links to audit work: fields in files named after them.
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize_all

# Chats with colleagues, not on documents or customers.
DISCUSSION_MODELS = ("discuss.channel",)


def check_documents(env, documents):
    """Refuse messages and activities of auditors on what they may only read.

    :param documents: pairs of model and id
    :raises AccessError: a document is read-only for the auditor
    """
    if env.su or not env.user._is_readonly_auditor():
        return
    for model, res_id in set(documents):
        if not model or model in DISCUSSION_MODELS or model not in env:
            continue
        if not env[model].browse(res_id or []).has_access("write"):
            raise AccessError(
                env._(
                    "Auditors have read-only access here and cannot write messages or "
                    "plan activities. Use a request of your engagement instead."
                )
            )


def check_recipients(mails):
    """Refuse emails of auditors to people outside.

    Superuser mode makes no difference, as emails are always created in it.

    :raises AccessError: names the recipients outside
    """
    env = mails.env
    if not env.user._is_readonly_auditor():
        return
    # sudo: only used to tell colleagues from other people.
    mails_sudo = mails.sudo()
    outsiders = mails_sudo.recipient_ids.filtered("partner_share").mapped("name")
    addresses = {
        address
        for mail in mails_sudo
        for address in email_normalize_all(
            f"{mail.email_to or ''},{mail.email_cc or ''}"
        )
    }
    colleagues = mails_sudo.env["res.partner"].search(
        [("email_normalized", "in", list(addresses)), ("partner_share", "=", False)]
    )
    outsiders += sorted(addresses - set(colleagues.mapped("email_normalized")))
    if outsiders:
        raise AccessError(
            env._(
                "Auditors cannot send email to %s. Balance confirmation requests are "
                "released on a confirmation run.",
                ", ".join(outsiders),
            )
        )


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        check_documents(
            self.env, ((vals.get("model"), vals.get("res_id")) for vals in vals_list)
        )
        return super().create(vals_list)


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    @api.model_create_multi
    def create(self, vals_list):
        check_documents(
            self.env, ((vals.get("model"), vals.get("res_id")) for vals in vals_list)
        )
        return super().create(vals_list)


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        check_recipients(mails)
        return mails


class MailActivity(models.Model):
    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        check_documents(
            self.env, ((activity.res_model, activity.res_id) for activity in activities)
        )
        return activities

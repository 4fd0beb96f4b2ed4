"""Limits of auditors who hold no other role, and what they cost everybody else.

Core lets readers of an invoice or a customer write messages on it, plan activities,
and so send email to customers. An auditor without another role reads: they write only
on what they may change, and send email only to colleagues. These core methods are
extended for that, and nowhere else:

- `mail.message`, `mail.scheduled.message`, `mail.activity`: `create` here,
- `mail.mail`: `create` here,
- `base`: `export_data` in `base.py`, which logs what auditors export,
- `ir.attachment`: `write` and `unlink` in `audit/request/ir_attachment.py`, which
  protects documents that were delivered.

Whoever is no auditor pays one look-up in the cache of groups, and no query.
"""

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize_all

# Colleagues talk there; documents and customers are elsewhere.
DISCUSSION_MODELS = ("discuss.channel",)


def check_documents(env, documents):
    """Refuse messages and activities of auditors on what they may only read.

    :param documents: (model, id) of each
    :raises AccessError: says where auditors write instead
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
    """Refuse emails of auditors to anybody outside.

    The rights of the superuser do not count: emails are always created with them.

    :raises AccessError: names the recipients outside
    """
    env = mails.env
    if not env.user._is_readonly_auditor():
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
    colleagues = mails_sudo.env["res.partner"].search(
        [("email_normalized", "in", list(addresses)), ("partner_share", "=", False)]
    )
    strangers += sorted(addresses - set(colleagues.mapped("email_normalized")))
    if strangers:
        raise AccessError(
            env._(
                "Auditors cannot send email to %s. Balance confirmation requests are "
                "released on a confirmation run.",
                ", ".join(strangers),
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

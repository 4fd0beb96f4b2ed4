from odoo import models
from odoo.exceptions import UserError


class ClerkAuditThread(models.AbstractModel):
    """A history that is told to nobody who may not read its record (any more).

    Whoever leaves an engagement goes on following what they followed in it.
    """

    _name = "clerk.audit.thread"
    _description = "History of an Audit"
    _inherit = ["mail.thread"]

    def _readers(self, partners):
        """Those of some partners who are users that may read all of these."""
        # sudo: whether somebody is a user and may read this record is all that is used.
        users = partners.sudo().user_ids.filtered(lambda user: not user.share)
        readers = users.filtered(
            lambda user: (
                self.with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
                .has_access("read")
            )
        )
        return readers.partner_id.with_env(partners.env)

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Leave out followers who may not read the record (any more)."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        partners = self.env["res.partner"].browse(
            [each["id"] for each in recipients if each.get("id")]
        )
        readers = set(self._readers(partners).ids) if self else set()
        return [each for each in recipients if each.get("id") in readers]


class ClerkAuditComment(models.AbstractModel):
    """Comments that stay in the house: only users who may read the record get them.

    Auditors write on what they may hardly change otherwise, and what they write is
    confidential. Neither customers nor colleagues of other engagements are told.
    """

    _name = "clerk.audit.comment"
    _description = "Comments of an Audit"
    _inherit = ["clerk.audit.thread"]

    def message_post(self, *, partner_ids=None, outgoing_email_to=False, **values):
        """:raises UserError: it names somebody who may not read the record"""
        self._check_recipients(partner_ids or [], outgoing_email_to)
        return super().message_post(partner_ids=partner_ids, **values)

    def message_notify(self, *, partner_ids=False, **values):
        """:raises UserError: it names somebody who may not read the record"""
        self._check_recipients(partner_ids or [], False)
        return super().message_notify(partner_ids=partner_ids, **values)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """:raises UserError: somebody may not read the record"""
        self._check_recipients(partner_ids or [], False)
        return super().message_subscribe(partner_ids, subtype_ids)

    def _check_recipients(self, partner_ids, addresses):
        if addresses:
            raise UserError(self._refuse_recipients(addresses))
        partners = self.env["res.partner"].browse(partner_ids)
        if self and (strangers := partners - self._readers(partners)):
            # sudo: the caller named them; who they are is told to nobody else.
            names = strangers.sudo().exists().mapped("display_name")
            raise UserError(self._refuse_recipients(", ".join(names)))

    def _refuse_recipients(self, names):
        return self.env._(
            "%(record)s: %(names)s cannot be told. What is written in an audit goes "
            "only to users who may read it.",
            record=self[:1].display_name,
            names=names,
        )

from odoo import models
from odoo.exceptions import UserError


class ClerkAuditComment(models.AbstractModel):
    """Confidential comments: only users who can read the record may be notified.

    Auditors comment on records that they can hardly change otherwise. Neither customers
    nor users outside the engagement are notified.
    """

    _name = "clerk.audit.comment"
    _description = "Audit Comments"
    _inherit = ["clerk.audit.thread"]

    def message_post(self, *, partner_ids=None, outgoing_email_to=False, **values):
        """:raises UserError: a recipient cannot read the record"""
        self._check_recipients(partner_ids or [], outgoing_email_to)
        return super().message_post(partner_ids=partner_ids, **values)

    def message_notify(self, *, partner_ids=False, **values):
        """:raises UserError: a recipient cannot read the record"""
        self._check_recipients(partner_ids or [], False)
        return super().message_notify(partner_ids=partner_ids, **values)

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        """:raises UserError: a follower cannot read the record"""
        self._check_recipients(partner_ids or [], False)
        return super().message_subscribe(partner_ids, subtype_ids)

    def _check_recipients(self, partner_ids, addresses):
        if addresses:
            raise UserError(self._refuse_recipients(addresses))
        partners = self.env["res.partner"].browse(partner_ids)
        if self and (outsiders := partners - self._readers(partners)):
            # sudo: the caller entered them; only their names are shown.
            names = outsiders.sudo().exists().mapped("display_name")
            raise UserError(self._refuse_recipients(", ".join(names)))

    def _refuse_recipients(self, names):
        return self.env._(
            "%(record)s: %(names)s cannot be notified. Audit comments are sent only "
            "to users who can read the record.",
            record=self[:1].display_name,
            names=names,
        )

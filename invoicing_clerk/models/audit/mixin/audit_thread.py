from odoo import models


class ClerkAuditThread(models.AbstractModel):
    """Chatter that notifies only users who can read the record.

    Users who leave an engagement remain followers of what they followed in it.
    """

    _name = "clerk.audit.thread"
    _description = "Audit Chatter"
    _inherit = ["clerk.thread"]
    _template_writers = "invoicing_clerk.group_auditor"

    def _readers(self, partners):
        """Return the partners among these who are users that can read all records."""
        # sudo: only used to tell who is a user and can read these records.
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
        """Leave out followers who cannot, or can no longer, read the record."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        partners = self.env["res.partner"].browse(
            [recipient["id"] for recipient in recipients if recipient.get("id")]
        )
        readers = set(self._readers(partners).ids) if self else set()
        return [recipient for recipient in recipients if recipient.get("id") in readers]

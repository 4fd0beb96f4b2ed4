from odoo import models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, formataddr


class ClerkAuditConfirmationRun(models.Model):
    """The address to which customers reply: the auditor's, never the company's.

    If the auditor had no address, replies would go to whoever sent the request. The
    address is fixed at the release: contacts can be changed by users of the company.
    """

    _inherit = "clerk.audit.confirmation.run"

    def _check_reply_to(self):
        """Return the address for replies, with the name of the auditor.

        :raises UserError: the auditor has none, or one of the company
        """
        self.ensure_one()
        if self.reply_to:
            return self.reply_to
        # sudo: name and address of the auditor are printed on the request.
        auditor = self.auditor_id.sudo()
        if not auditor.partner_id._mailable():
            raise UserError(
                self.env._(
                    "%(auditor)s has no valid email address, so replies would go to "
                    "the company. Enter one in the auditor's preferences first.",
                    auditor=auditor.name,
                )
            )
        address = email_normalize(auditor.email)
        if address in self._own_addresses():
            raise UserError(
                self.env._(
                    "%(address)s of %(auditor)s is an address of the company. Replies "
                    "must go to the auditor directly: enter another address.",
                    address=address,
                    auditor=auditor.name,
                )
            )
        return formataddr((auditor.name, address))

    def _printed_address(self):
        """Return the address for replies as a letter shows it, below the name."""
        return email_normalize(self.reply_to or "")

    def _own_addresses(self):
        """Return the addresses at which the company receives emails in Odoo."""
        # sudo: only compared with the address of the auditor.
        domains = self.env["mail.alias.domain"].sudo().search([("name", "!=", False)])
        company = self.company_id.sudo()
        return {
            email_normalize(address)
            for address in (
                *(company.email, company.partner_id.email),
                *domains.mapped("catchall_email"),
                *domains.mapped("bounce_email"),
                *domains.mapped("default_from_email"),
            )
            if address
        }

from odoo import models

from ...rules import mail_address


class ResPartner(models.Model):
    """Contacts that can be reached by email."""

    _inherit = "res.partner"

    def _mailable(self):
        """Return the contacts whose email can be mailed: see `rules.mail_address`."""
        return self.filtered(lambda each: mail_address.addresses(each.email or ""))

    def _no_email_text(self):
        """Return why a contact cannot be mailed: no address, or not a valid one."""
        self.ensure_one()
        if not self.email:
            return self.env._("%s has no email address.", self.display_name)
        return self.env._(
            "%(contact)s: “%(email)s” is not a valid email address.",
            contact=self.display_name,
            email=self.email,
        )

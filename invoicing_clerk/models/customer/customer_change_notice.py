from odoo import models

from ...rules.customer import customer_change as rules

TEMPLATE = "invoicing_clerk.mail_template_customer_change"


class ClerkCustomerChange(models.Model):
    """Notice to the customer at the address on file: somebody asks for a change.

    Whoever writes in the name of a customer does not get it, as their address is not
    on file.
    """

    _inherit = "clerk.customer.change"

    def _tell_customer(self):
        """Email the contacts on file, if bank data or ways to reach them change."""
        for change in self.filtered(lambda each: each._kinds() & {*rules.TOLD}):
            contacts = change.contact_id | change.partner_id
            template = self.env.ref(TEMPLATE, raise_if_not_found=False)
            if not template or not (mailable := contacts._mailable()):
                continue
            # sudo: clerks cannot read templates; the recipients come from here. The
            # address on file is the one of now, as the change has not been applied.
            template.sudo()._make_mails_to(
                {change.sudo(): mailable},
                layout="mail.mail_notification_light",
            )
            emails = dict.fromkeys(mailable.mapped("email"))
            change._inside().informed_emails = ", ".join(emails)

    def _notice_lang(self):
        """Return the language of the notice."""
        return self.partner_id.lang or self.env.user.lang

    def _notice_items(self):
        """Return what is to change, as the customer reads it."""
        items = []
        for line in self.line_ids:
            text = line.label
            if line.kind == rules.BANK and line.new_value:
                text = f"{text}: {rules.masked(line.new_value)}"
            items.append(text)
        return items

    def _notice_phone(self):
        """Return the phone number of the company, which the customer knows anyway."""
        # sudo: what letterheads show.
        return self.company_id.sudo().phone

from odoo import models

from ..mixin.gate import only_one


class AccountMove(models.Model):
    """Statement and payment link of a customer's invoice."""

    _inherit = "account.move"

    def action_new_statement(self):
        """Open a new statement of what the customer of this invoice owes today."""
        only_one(self)
        customer = self.partner_id.with_company(self.company_id)
        return customer.action_new_statement()

    def _statement_payment_link(self):
        """Return the link by which the customer pays the invoice online, or False.

        It opens the invoice without login, as the link in the email of the invoice
        does. It is for readers of a statement that includes the invoice.
        """
        # Called where online payments are enabled: account_payment is installed.
        if not self or not self._has_to_be_paid():
            return False
        return self.get_portal_url(query_string="&payment=True", anchor="portal_pay")

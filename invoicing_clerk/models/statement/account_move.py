from odoo import models


class AccountMove(models.Model):
    """From an invoice to a statement of its customer."""

    _inherit = "account.move"

    def action_new_statement(self):
        """What the customer of this invoice owes, as of now."""
        self.ensure_one()
        asking = self.partner_id.with_company(self.company_id)
        return asking.action_new_statement()

    def _statement_payment_link(self):
        """Where its customer pays it online, or False where that cannot be.

        The link opens this invoice without log-in, as the one in its own mail does: it
        is for readers of a statement of which the invoice is a part.
        """
        # Only asked where payments are taken, so that account_payment is installed.
        if not self or not self._has_to_be_paid():
            return False
        return self.get_portal_url(query_string="&payment=True", anchor="portal_pay")

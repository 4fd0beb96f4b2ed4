from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _is_readonly_auditor(self):
        """Return True for auditors without a role that changes books or customers."""
        return self.has_group("invoicing_clerk.group_auditor") and not any(
            self.has_group(group)
            for group in (
                "account.group_account_invoice",
                "base.group_partner_manager",
                "base.group_system",
            )
        )

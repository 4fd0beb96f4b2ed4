from odoo import models
from odoo.exceptions import UserError


class ClerkBillingFinding(models.Model):
    """Documents that settle a finding, such as a certificate for an exempt tax."""

    _inherit = "clerk.billing.finding"

    def action_request_documents(self):
        """Draft requests for the missing documents of what the findings are about."""
        if not self.move_id:
            raise UserError(
                self.env._("Nothing was billed yet that could have documents.")
            )
        return self.move_id.action_request_documents()

from odoo import models


class ClerkContractRenewal(models.Model):
    """Calls to the customer about the renewal of a contract."""

    _name = "clerk.contract.renewal"
    _inherit = ["clerk.contract.renewal", "clerk.call.starter"]

    def _call_values(self):
        renewal = self._first()
        return {
            **self._values_with(renewal.contract_id.partner_id),
            "company_id": renewal.company_id.id,
        }

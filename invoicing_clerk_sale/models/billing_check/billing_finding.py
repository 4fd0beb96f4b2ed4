from odoo import models


class ClerkBillingFinding(models.Model):
    _inherit = "clerk.billing.finding"

    def _claim_values(self):
        """Claim the terms of the order."""
        if self.reason in ("order_price", "order_net", "order_discount"):
            return {
                "claimed_price_unit": self.facts["price_agreed"],
                "claimed_discount": self.facts["discount_agreed"],
            }
        return super()._claim_values()

from odoo import models


class ClerkBillingFinding(models.Model):
    _inherit = "clerk.billing.finding"

    def _claim_values(self):
        """Claim the terms of the order or price list."""
        if "price_agreed" in self.facts:
            return {
                "claimed_price_unit": self.facts["price_agreed"],
                "claimed_discount": self.facts["discount_agreed"],
            }
        return super()._claim_values()

from odoo import models


class ClerkBillingFinding(models.Model):
    _inherit = "clerk.billing.finding"

    def _accepted_for(self, scope):
        if scope != "order_id":
            return super()._accepted_for(scope)
        lines = self.move_line_id or self.move_id.invoice_line_ids
        return lines.sale_line_ids.order_id

    def _claim_values(self):
        """Claim the terms of the order or price list."""
        if "price_agreed" in self.facts:
            return {
                "claimed_price_unit": self.facts["price_agreed"],
                "claimed_discount": self.facts["discount_agreed"],
            }
        return super()._claim_values()

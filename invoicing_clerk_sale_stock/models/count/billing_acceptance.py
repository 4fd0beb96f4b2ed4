from odoo import api, models
from odoo.tools import SQL


class ClerkBillingAcceptance(models.Model):
    """Acceptances of findings about counted goods."""

    _inherit = "clerk.billing.acceptance"

    @api.model
    def _covers_product_id(self):
        return SQL(
            """(%s OR EXISTS (
                SELECT 1 FROM clerk_count_line AS goods
                 WHERE goods.id = finding.count_line_id
                   AND goods.product_id = acceptance.product_id))""",
            super()._covers_product_id(),
        )

from odoo import api, models
from odoo.tools import SQL


class ClerkBillingAcceptance(models.Model):
    """Acceptances of findings about contract lines."""

    _inherit = "clerk.billing.acceptance"

    @api.model
    def _covers_product_id(self):
        return SQL(
            """(%s OR EXISTS (
                SELECT 1 FROM contract_line AS term
                 WHERE term.id = finding.contract_line_id
                   AND term.product_id = acceptance.product_id))""",
            super()._covers_product_id(),
        )

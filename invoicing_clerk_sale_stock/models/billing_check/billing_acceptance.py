from odoo import api, models
from odoo.tools import SQL


class ClerkBillingAcceptance(models.Model):
    """Acceptances of findings about order lines."""

    _inherit = "clerk.billing.acceptance"

    @api.model
    def _covers_product_id(self):
        return self._or_order_line(super()._covers_product_id(), "product_id")

    @api.model
    def _covers_order_id(self):
        return self._or_order_line(super()._covers_order_id(), "order_id")

    @api.model
    def _or_order_line(self, covers, name):
        return SQL(
            """(%(covers)s OR EXISTS (
                SELECT 1 FROM sale_order_line AS sold
                 WHERE sold.id = finding.sale_line_id
                   AND sold.%(name)s = acceptance.%(name)s))""",
            covers=covers,
            name=SQL.identifier(name),
        )

from odoo import api, fields, models
from odoo.tools import SQL


class ClerkBillingAcceptance(models.Model):
    """Acceptances for an order."""

    _inherit = "clerk.billing.acceptance"
    _scope_fields = ("partner_id", "product_id", "order_id")
    _final_fields = frozenset({"order_id"})

    order_id = fields.Many2one(
        "sale.order",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )

    @api.depends("order_id")
    def _compute_display_name(self):
        return super()._compute_display_name()

    @api.model
    def _covers_order_id(self):
        """Cover findings about documents or lines that bill the order."""
        return SQL(
            """EXISTS (SELECT 1 FROM account_move_line AS line
                         JOIN sale_order_line_invoice_rel AS rel
                           ON rel.invoice_line_id = line.id
                         JOIN sale_order_line AS sold ON sold.id = rel.order_line_id
                        WHERE line.move_id = finding.move_id
                          AND line.id = COALESCE(finding.move_line_id, line.id)
                          AND sold.order_id = acceptance.order_id)"""
        )

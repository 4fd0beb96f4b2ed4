from odoo import api, fields, models
from odoo.tools import formatLang

# Reasons that say how much too much an invoice line bills.
QUANTITY_REASONS = (
    *("quantity_delivered", "quantity_ordered", "not_delivered", "returned"),
)


class ClerkBillingFinding(models.Model):
    """Findings about order lines, of which nothing may be billed yet."""

    _inherit = "clerk.billing.finding"

    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Order Line",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    order_id = fields.Many2one(related="sale_line_id.order_id", string="Order")

    _sale_line = models.UniqueIndex(
        "(check_id, sale_line_id) WHERE sale_line_id IS NOT NULL"
    )

    @api.depends("sale_line_id")
    def _compute_display_name(self):
        about_orders = self.filtered("sale_line_id")
        for finding in about_orders:
            # sudo: the code of the check, as in the list of findings.
            code = finding.check_id.sudo().code
            finding.display_name = f"{code} · {finding.order_id.display_name}"
        return super(ClerkBillingFinding, self - about_orders)._compute_display_name()

    def _fact_text(self, name, value):
        """Return quantities with the digits that units of measure have."""
        if name.partition("_")[0] == "quantity" and value is not None:
            digits = self.env["decimal.precision"].precision_get("Product Unit")
            return formatLang(self.env, value, digits=digits)
        return super()._fact_text(name, value)

    def _accepted_for(self, scope):
        line = self.sale_line_id
        subjects = {"order_id": line.order_id, "product_id": line.product_id}
        return (line and subjects.get(scope)) or super()._accepted_for(scope)

    def _claim_values(self):
        """Claim the quantity that the invoice line should have billed."""
        if self.reason in QUANTITY_REASONS:
            return {"claimed_quantity": self._claimed_quantity()}
        return super()._claim_values()

    def _claimed_quantity(self):
        """Return the quantity of the line less what is too much, in its unit."""
        line = self.move_line_id
        order_unit = line.sale_line_ids[:1].product_uom_id
        excess = order_unit._compute_quantity(
            self.facts["quantity_excess"], line.product_uom_id, round=False
        )
        return max(line.quantity - excess, 0)

    def action_open_document(self):
        """Open the order of what is not billed yet."""
        if self.ensure_one().sale_line_id:
            return self.action_open_order()
        return super().action_open_document()

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return self.order_id.get_formview_action()

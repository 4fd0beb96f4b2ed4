from odoo import api, fields, models

# Reasons that say how much of an invoice line is still on hand.
THERE_REASONS = ("billed_there", "shipped_there")


class ClerkBillingFinding(models.Model):
    """Findings about counted goods, of which nobody knows who has them."""

    _inherit = "clerk.billing.finding"

    count_line_id = fields.Many2one(
        "clerk.count.line",
        string="Counted Goods",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    count_id = fields.Many2one(related="count_line_id.count_id", string="Count")

    _count_line = models.UniqueIndex(
        "(check_id, count_line_id) WHERE count_line_id IS NOT NULL"
    )

    @api.depends("count_line_id")
    def _compute_display_name(self):
        about_goods = self.filtered("count_line_id")
        for finding in about_goods:
            # sudo: the code of the check, as in the list of findings.
            code = finding.check_id.sudo().code
            finding.display_name = f"{code} · {finding.count_line_id.name}"
        return super(ClerkBillingFinding, self - about_goods)._compute_display_name()

    def _accepted_for(self, scope):
        subjects = {"product_id": self.count_line_id.product_id}
        return (self.count_line_id and subjects.get(scope)) or super()._accepted_for(
            scope
        )

    def _claim_values(self):
        """Claim the quantity that the customer has."""
        if self.reason in THERE_REASONS:
            return {"claimed_quantity": self._claimed_quantity()}
        return super()._claim_values()

    def action_open_document(self):
        """Open the count of goods that are gone."""
        if self.ensure_one().count_line_id:
            return self.action_open_count()
        return super().action_open_document()

    def action_open_count(self):
        """Open the count."""
        self.ensure_one()
        return self.count_id.get_formview_action()

    def action_count_goods(self):
        """Open a count of the goods of these findings."""
        return self.env["clerk.count"]._count_findings(self)

from odoo import api, fields, models


class ClerkBillingFinding(models.Model):
    """Findings about contract lines, of which a period may not be billed."""

    _inherit = "clerk.billing.finding"

    contract_line_id = fields.Many2one(
        "contract.line",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    contract_id = fields.Many2one(related="contract_line_id.contract_id")

    _contract_line = models.UniqueIndex(
        "(check_id, contract_line_id) WHERE contract_line_id IS NOT NULL"
    )

    @api.depends("contract_line_id")
    def _compute_display_name(self):
        about_contracts = self.filtered("contract_line_id")
        for finding in about_contracts:
            # sudo: the code of the check, as in the list of findings.
            code = finding.check_id.sudo().code
            finding.display_name = f"{code} · {finding.contract_id.display_name}"
        return super(
            ClerkBillingFinding, self - about_contracts
        )._compute_display_name()

    def _accepted_for(self, scope):
        product = self.contract_line_id.product_id
        return (scope == "product_id" and product) or super()._accepted_for(scope)

    def _claim_values(self):
        """Claim what the contract agrees: its amount, or nothing."""
        if self.reason == "contract_amount":
            quantity = self.move_line_id.quantity
            if quantity:
                price = self.facts["amount_expected"] / quantity
                return {"claimed_price_unit": price, "claimed_discount": 0}
        if self.reason in ("period_twice", "contract_ended"):
            return {"claimed_quantity": 0}
        return super()._claim_values()

    def action_open_document(self):
        """Open the contract of a period that is not billed."""
        if self.ensure_one().contract_line_id:
            return self.action_open_contract()
        return super().action_open_document()

    def action_open_contract(self):
        """Open the contract."""
        self.ensure_one()
        return self.contract_id.get_formview_action()

from odoo import fields, models

from odoo.addons.invoicing_clerk.models.mixin.roles import READERS


class ContractContract(models.Model):
    """Contracts, and the revisions of their prices."""

    _inherit = "contract.contract"

    revision_count = fields.Integer(
        string="Price Revisions", compute="_compute_revision_count", groups=READERS
    )

    def _compute_revision_count(self):
        counts = dict(
            self.env["clerk.contract.revision.line"]._read_group(
                [("contract_id", "in", self.ids)],
                ["contract_id"],
                ["revision_id:count_distinct"],
            )
        )
        for contract in self:
            contract.revision_count = counts.get(contract, 0)

    def action_view_revisions(self):
        """Open the price revisions of the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk_contract.clerk_contract_revision_action"
        )
        return {
            **action,
            "domain": [("line_ids.contract_id", "=", self.id)],
            "context": {"default_contract_ids": self.ids},
        }

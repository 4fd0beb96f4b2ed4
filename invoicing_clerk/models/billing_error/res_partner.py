from odoo import api, fields, models

from ..mixin.gate import only_one
from ..mixin.roles import READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    billing_error_count = fields.Integer(
        string="Open Billing Errors",
        compute="_compute_billing_error_count",
        groups=READERS,
    )

    @api.depends_context("allowed_company_ids")
    def _compute_billing_error_count(self):
        counts = dict(
            self.env["clerk.billing.error"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("date_closed", "=", False),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.billing_error_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_billing_errors(self):
        """Open the billing errors of the customer, filtered by open ones."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_billing_error_action"
        )
        customer = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", customer.id)],
            "context": {
                "search_default_open": 1,
                "default_partner_id": self.id,
                "default_origin": "customer",
            },
        }

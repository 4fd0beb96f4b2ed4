from odoo import fields, models
from odoo.fields import Domain

from ..mixin.gate import only_one
from ..mixin.roles import READERS


class ResPartner(models.Model):
    _inherit = "res.partner"

    billing_error_count = fields.Integer(
        string="Open Billing Errors",
        compute="_compute_figures",
        groups=READERS,
    )

    def _figure_queries(self):
        errors, is_open = self.env["clerk.billing.error"], [("date_closed", "=", False)]
        counted = self._count_sql("billing_errors", errors, Domain(is_open))
        return [*super()._figure_queries(), *counted]

    def _set_figures(self, figures):
        errors = self._customer_figure(figures, "billing_errors")
        self.billing_error_count = errors.number
        return super()._set_figures(figures)

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

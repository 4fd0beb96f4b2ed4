from odoo import api, fields, models

from .statement_preference import PREFERENCES


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = [
        "res.partner",
        "clerk.customer.data",
        "clerk.work.item.link",
        "clerk.call.lookup",
        "clerk.call.partner",
        "clerk.promise.customer",
        "clerk.call.subject",
        "clerk.statement.preference",
        "clerk.statement.partner",
    ]

    # A customer shows the work on all of its records.
    _work_items_by_partner = True

    # Auditors ask who changed them; core does not keep it.
    property_payment_term_id = fields.Many2one(tracking=True)
    credit_limit = fields.Float(tracking=True)
    billing_error_count = fields.Integer(
        string="Open Billing Errors",
        compute="_compute_billing_error_count",
        groups="invoicing_clerk.group_clerk,invoicing_clerk.group_auditor",
    )

    @api.model
    def _synced_commercial_fields(self):
        return [*super()._synced_commercial_fields(), *PREFERENCES]

    def _increase_rank(self, field, n=1):
        """Ranks are not tracked, so what is tracked need not be read to change one.

        Posting first invoices of customers would else ask for each of them.
        """
        ranked = self.with_context(tracking_disable=True)
        return super(ResPartner, ranked)._increase_rank(field, n)

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
        """All cases of the customer, the open ones first."""
        self.ensure_one()
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

from odoo import api, fields, models
from odoo.tools import SQL

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    """Setting: invoices only to approved customers."""

    _inherit = "res.company"

    clerk_customer_approval = fields.Boolean(
        string="Bill Approved Customers Only",
        groups=SETTINGS_READERS,
        help="Invoices to other customers cannot be posted. Customers with posted "
        "invoices count as approved when this is turned on.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies.filtered("clerk_customer_approval")._approve_known_customers()
        return companies

    def write(self, vals):
        # sudo: only tells which of these turn it on.
        off = self.filtered(lambda each: not each.sudo().clerk_customer_approval)
        done = super().write(vals)
        if vals.get("clerk_customer_approval"):
            off._approve_known_customers()
        return done

    def _approve_known_customers(self):
        """Approve customers who were billed before they had to be approved."""
        self.env["res.partner"].flush_model(["clerk_customer_state"])
        self.env["account.move"].flush_model(["state", "commercial_partner_id"])
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner SET clerk_customer_state = 'approved'
                    WHERE clerk_customer_state IS NULL AND id IN (
                        SELECT commercial_partner_id FROM account_move
                         WHERE state = 'posted' AND company_id IN %s
                           AND move_type IN ('out_invoice', 'out_receipt'))""",
                self._ids or (0,),
            )
        )
        self.env["res.partner"].invalidate_model(["clerk_customer_state"])

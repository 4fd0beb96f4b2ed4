from odoo import api, fields, models, tools

from ..mixin.roles import SETTINGS_READERS

SWITCHES = frozenset({"clerk_customer_changes", "clerk_portal_changes"})


class ResCompany(models.Model):
    """Changes of customers that need a second person."""

    _inherit = "res.company"

    clerk_customer_changes = fields.Boolean(
        string="Changes of Customers Need Approval",
        groups=SETTINGS_READERS,
        help="Guarded data of customers, and bank accounts of customers and vendors, "
        "are proposed by one person and approved by another.",
    )
    clerk_portal_changes = fields.Boolean(
        string="Portal Addresses Become Requests",
        groups=SETTINGS_READERS,
        help="Guarded data that customers change in the portal are changed only once "
        "approved.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(SWITCHES & vals.keys() for vals in vals_list):
            self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        done = super().write(vals)
        if SWITCHES & vals.keys():
            self.env.registry.clear_cache()
        return done

    @api.model
    @tools.ormcache("switch")
    def _companies_with(self, switch="clerk_customer_changes"):
        """Return the ids of the companies in which a setting is on."""
        # sudo: settings of all companies, which are only compared.
        companies = self.sudo().with_context(active_test=False)
        return frozenset(companies.search([(switch, "=", True)]).ids)

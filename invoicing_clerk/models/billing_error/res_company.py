from odoo import api, fields, models

from ..mixin.roles import SETTINGS_READERS


class ResCompany(models.Model):
    _inherit = "res.company"

    clerk_error_alias_id = fields.Many2one(
        "mail.alias",
        string="Alias for Billing Errors",
        readonly=True,
        copy=False,
        groups=SETTINGS_READERS,
    )
    clerk_error_alias_name = fields.Char(
        string="Email Address for Billing Errors",
        compute="_compute_clerk_error_alias_name",
        inverse="_inverse_clerk_error_alias_name",
        groups=SETTINGS_READERS,
        help="Emails to this address open billing errors, with the email as evidence.",
    )

    @api.depends("clerk_error_alias_id.alias_name")
    def _compute_clerk_error_alias_name(self):
        for company in self:
            # sudo: the address of the company, for those who read its settings.
            alias = company.sudo().clerk_error_alias_id
            company.clerk_error_alias_name = alias.alias_name

    def _inverse_clerk_error_alias_name(self):
        """Write the alias; without a name it stays, and receives nothing."""
        for company in self:
            name = (company.clerk_error_alias_name or "").strip()
            # sudo: who writes a company may not write aliases; this one is its own, and
            # nothing but its name is chosen.
            company_sudo = company.sudo()
            alias = company_sudo.clerk_error_alias_id
            values = {**company_sudo._clerk_error_alias_values(), "alias_name": name}
            if alias:
                alias.write(values)
            elif name:
                company_sudo.clerk_error_alias_id = alias.create(values)

    def _clerk_error_alias_values(self):
        """Return what emails to the address become."""
        return {
            "alias_model_id": self.env["ir.model"]._get_id("clerk.billing.error"),
            "alias_defaults": repr({"company_id": self.id}),
            "alias_contact": "everyone",
            "alias_domain_id": self.alias_domain_id.id,
        }

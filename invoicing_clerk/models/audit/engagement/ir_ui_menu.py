from odoo import models


class IrUiMenu(models.Model):
    """Show the menu of audits to users who have an engagement.

    Supervisors create the first one in the configuration.
    """

    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Hide audits from those who can read no engagement of their companies.

        Core caches the menus of each user; engagements clear that cache.
        """
        hidden = super()._load_menus_blacklist()
        companies = self.env.user.company_ids
        audits = self.env["clerk.audit"].with_context(allowed_company_ids=companies.ids)
        if not audits.has_access("read") or not audits.search_count([], limit=1):
            menu = self.env.ref("invoicing_clerk.menu_audit", raise_if_not_found=False)
            hidden += menu.ids if menu else []
        return hidden

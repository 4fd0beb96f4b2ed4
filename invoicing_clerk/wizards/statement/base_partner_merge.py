from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of contacts that have statements."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self.env["clerk.statement"]._before_merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        # A stop that has ended is no reason to refuse a merge.
        target = dst_partner.with_context(keep_statement_stop=True)
        return super()._update_values(src_partners, target)

from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of contacts whose balances are confirmed."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        confirmations = self.env["clerk.audit.confirmation"]
        confirmations._before_merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

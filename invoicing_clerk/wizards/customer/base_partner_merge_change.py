from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of contacts whose data are changed by two people."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge_bank_accounts(self, src_partners, dst_partner):
        """:raises UserError: guarded data would change without approval"""
        # The first step of a merge, before anything is moved.
        self.env["clerk.customer.change"]._check_merge(src_partners, dst_partner)
        return super()._merge_bank_accounts(src_partners, dst_partner)

    def _update_foreign_keys(self, src_partners, dst_partner):
        self.env["clerk.customer.change"]._before_merge(src_partners)
        return super()._update_foreign_keys(src_partners, dst_partner)

from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of contacts who are reminded."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self.env["clerk.reminder.notice"]._before_merge(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

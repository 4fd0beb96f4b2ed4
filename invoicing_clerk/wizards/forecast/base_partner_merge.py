from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of customers with a payment pattern."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Keep the pattern of the target; the next refresh has all payments."""
        # sudo: users who merge contacts may be unable to read patterns; none is shown.
        patterns = self.env["clerk.payment.pattern"].sudo()
        patterns.search([("partner_id", "in", src_partners.ids)]).unlink()
        return super()._update_foreign_keys(src_partners, dst_partner)

from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of customers with a balance."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        self._merge_receivables(src_partners | dst_partner, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_receivables(self, partners, target):
        """Keep one balance per company, with the work on all of them.

        The next refresh computes its amounts.
        """
        # sudo: users who merge contacts may be unable to read balances; none is shown.
        rows = self.env["clerk.receivable"].sudo()
        rows = rows.search([("partner_id", "in", partners.ids)], order="id")
        for group in rows.grouped("company_id").values():
            kept = group.filtered(lambda row: row.partner_id == target) or group[:1]
            if doubles := group - kept:
                self._update_foreign_keys_generic(rows._name, doubles, kept)
                self._update_reference_fields_generic(rows._name, doubles, kept)
                doubles.unlink()

from odoo import api, models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of contacts whose history audits cover: it moves to the remaining one."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        noting = self.with_context(**self.env["mail.message"]._noting_trail())
        return super(
            BasePartnerMergeAutomaticWizard, noting
        )._update_reference_fields_generic(
            referenced_model, src_records, dst_record, additional_update_records
        )

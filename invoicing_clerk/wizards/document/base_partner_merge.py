from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge of customers who have the same document: it is linked once."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _move_references(self, referenced_model, sources, target):
        self._drop_double_links(referenced_model, sources, target)
        return super()._move_references(referenced_model, sources, target)

    @api.model
    def _drop_double_links(self, model, sources, target):
        """Delete all links of a document to the merged records but the first."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """DELETE FROM clerk_document_link AS link
                    USING clerk_document_link AS kept
                    WHERE kept.document_id = link.document_id AND kept.id < link.id
                      AND kept.res_model = %(model)s AND link.res_model = %(model)s
                      AND kept.res_id = ANY(%(ids)s) AND link.res_id = ANY(%(ids)s)""",
                model=model,
                ids=[*sources.ids, target.id],
            )
        )

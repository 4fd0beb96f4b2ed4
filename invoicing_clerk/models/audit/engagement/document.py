from odoo import models
from odoo.tools import SQL


class ClerkDocument(models.Model):
    """Documents that an audit keeps beyond their period."""

    _inherit = "clerk.document"

    def _protections(self):
        text = self.env._("An audit that is not closed covers it.")
        return dict.fromkeys(self._ids_in_audits(), text) | super()._protections()

    def _ids_in_audits(self):
        """Return the ids of documents whose dates, or those of entries, are audited.

        It is not disclosed by which audit.
        """
        if not self.ids:
            return set()
        files = self.env["clerk.invoice.file"]
        return files._ids_of(
            SQL(
                """SELECT dated.document_id
                     FROM (SELECT document_id, date FROM (%(reached)s) AS reached
                            UNION
                           SELECT id, date FROM clerk_document
                            WHERE id = ANY(%(ids)s)) AS dated
                     JOIN clerk_document AS document ON document.id = dated.document_id
                     JOIN res_company AS company ON company.id = document.company_id
                     JOIN clerk_audit AS audit
                       ON dated.date BETWEEN audit.date_from AND audit.date_to
                      AND audit.state <> 'closed'
                     JOIN res_company AS audited ON audited.id = audit.company_id
                    WHERE company.parent_path LIKE audited.parent_path || '%%'""",
                reached=files._reached_sql(self),
                ids=self.ids,
            )
        )

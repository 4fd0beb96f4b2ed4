from odoo import api, models


class ClerkAuditPackEvidence(models.AbstractModel):
    """Documents in the files of invoices, and those that are missing there."""

    _inherit = "clerk.audit.pack.evidence"

    @api.model
    def _evidence_steps(self):
        return [self._add_filed_documents, *super()._evidence_steps()]

    @api.model
    def _add_filed_documents(self, evidence):
        moves = evidence.moves
        by_move = self.env["clerk.invoice.file"]._documents_of(moves.ids)
        documents = self.env["clerk.document"].browse().union(*by_move.values())
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", documents._name),
                ("res_field", "=", "file"),
                ("res_id", "in", documents.ids),
            ]
        )
        by_document = files.grouped("res_id")
        missing = moves._missing_by_move()
        for move in moves:
            for document in by_move.get(move.id, ()):
                self._add_filed(evidence, move, document, by_document)
            for each in missing.get(move.id, ()):
                evidence.lack(
                    move, each.name, self.env._("No such document is in the file.")
                )

    @api.model
    def _add_filed(self, evidence, move, document, files):
        if document.id in files:
            evidence.add(move, document.name, "document", "stored", files[document.id])
        else:
            evidence.lack(
                move, document.name, self.env._("The file is no longer stored.")
            )

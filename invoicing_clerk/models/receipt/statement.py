from odoo import models


class ClerkStatement(models.Model):
    """Items of a statement in the portal that the customer has reported as paid."""

    _inherit = "clerk.statement"

    def _portal_page(self, rows, start, size):
        """Add the report that a document is in."""
        page = super()._portal_page(rows, start, size)
        lines = self.env["clerk.remittance.line"].search(
            [
                (
                    "item_id.move_id",
                    "in",
                    [row["move"].id for row in page if row["move"]],
                ),
                (
                    "remittance_id",
                    "any",
                    self.env["clerk.remittance"]._reported_domain(),
                ),
            ]
        )
        reports = {line.item_id.move_id: line.remittance_id for line in lines}
        return [{**row, "report": reports.get(row["move"])} for row in page]

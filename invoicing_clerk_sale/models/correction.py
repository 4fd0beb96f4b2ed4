from odoo import models


class ClerkCorrection(models.Model):
    """Corrections of deposits: the final invoice deducts what is still billed."""

    _inherit = "clerk.correction"

    def _bills_again(self, line):
        """Credit a deposit and bill it again, so that its quantity stays invoiced."""
        return line.is_downpayment or super()._bills_again(line)

    def _apply(self):
        done = super()._apply()
        documents = self.move_id + self.document_ids
        documents.line_ids.sale_line_ids._update_deposit()
        return done

from odoo import models


class ClerkCorrection(models.Model):
    """Corrections of deposits: the final invoice deducts what is still billed."""

    _inherit = "clerk.correction"

    def _bills_again(self, line):
        """Credit a deposit and bill it again, so that its quantity stays invoiced."""
        return line.is_downpayment or super()._bills_again(line)

    def _unfit(self, remedy=None):
        remedy = remedy or self.remedy_id
        return super()._unfit(remedy) or (
            remedy.amends != "nothing" and self._deducted_deposit()
        )

    def _deducted_deposit(self):
        """Return that the order's invoices deduct the deposit as billed, or False.

        A deposit that is corrected afterwards would be deducted by another amount than
        what is billed of it.
        """
        deposits = self.move_id.invoice_line_ids.sale_line_ids
        deducting = deposits._deducting_invoices(self.move_id)
        return bool(deducting) and self.env._(
            "%(invoices)s deducts the down payment as billed by %(document)s. Credit "
            "it in full, or delete it if it is a draft, before you correct the down "
            "payment. Then invoice the order again.",
            invoices=", ".join(deducting.mapped("display_name")),
            document=self.move_id.name,
        )

    def _apply(self):
        done = super()._apply()
        documents = self.move_id + self.document_ids
        documents.line_ids.sale_line_ids._update_deposit()
        return done

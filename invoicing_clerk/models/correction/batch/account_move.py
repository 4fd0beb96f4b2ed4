from odoo import models
from odoo.exceptions import UserError

from ...mixin.gate import at_least_one
from ..correction_untouched import DOCUMENT_TYPES


class AccountMove(models.Model):
    """Invoices that have the same error."""

    _inherit = "account.move"

    def action_correct_together(self):
        """Open a new batch about these invoices; what is wrong is entered there.

        :raises UserError: they belong to several companies, or one cannot be corrected
        """
        at_least_one(self).check_access("read")
        for move in self:
            if move.state != "posted" or move.move_type not in DOCUMENT_TYPES:
                raise UserError(
                    self.env._(
                        "%s is not a posted customer invoice. Select posted invoices "
                        "and credit notes of customers.",
                        move.display_name,
                    )
                )
        batches = self.env["clerk.correction.batch"]
        return batches._new_action(self, default_move_ids=self.ids)

from odoo import fields, models


class ClerkAppliedPayment(models.Model):
    """Undoing what a match has applied: it counts as a wrong match."""

    _inherit = "clerk.applied.payment"

    match_ids = fields.One2many("clerk.receipt.match", "applied_id", readonly=True)

    def _undo(self):
        result = super()._undo()
        applied = self.match_ids.filtered(lambda match: match.state == "applied")
        # sudo: who may undo the reconciliations is checked before; the match follows.
        applied.sudo()._mark_undone()
        return result

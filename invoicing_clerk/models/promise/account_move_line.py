from odoo import models


class AccountMoveLine(models.Model):
    """Journal items on which people set *No Follow-Up*."""

    _inherit = "account.move.line"

    def write(self, vals):
        result = super().write(vals)
        if "no_followup" in vals:
            self.env["clerk.followup.hold"]._leave(self)
        return result

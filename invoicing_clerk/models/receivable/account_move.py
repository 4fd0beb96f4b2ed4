from odoo import models
from odoo.tools import SQL


class AccountMove(models.Model):
    """Posted entries that leave a customer: see `clerk.receivable.departure`."""

    _inherit = "account.move"

    def write(self, vals):
        if "partner_id" in vals or vals.get("state", "posted") != "posted":
            posted = self.filtered(lambda move: move.state == "posted")
            if posted:
                self.env["clerk.receivable.departure"]._note(
                    SQL("line.move_id = ANY(%s)", posted.ids)
                )
        return super().write(vals)

from odoo import models
from odoo.tools import SQL

LEAVING = frozenset({"partner_id", "account_id"})


class AccountMoveLine(models.Model):
    """Posted items that leave a customer: see `clerk.receivable.departure`."""

    _inherit = "account.move.line"

    def write(self, vals):
        if LEAVING & vals.keys():
            self._note_departure()
        return super().write(vals)

    def unlink(self):
        self._note_departure()
        return super().unlink()

    def _note_departure(self):
        posted = self.filtered(lambda line: line.parent_state == "posted")
        if posted:
            self.env["clerk.receivable.departure"]._note(
                SQL("line.id = ANY(%s)", posted.ids)
            )

from odoo import models
from odoo.tools import SQL

MOVING = frozenset({"parent_id", "is_company"})


class ResPartner(models.Model):
    """Contacts that move to another customer: see `clerk.receivable.departure`."""

    _inherit = "res.partner"

    def write(self, vals):
        if MOVING & vals.keys() and self.ids:
            self.env["clerk.receivable.departure"]._note(
                SQL(
                    "(partner.id = ANY(%(ids)s)"
                    " OR partner.commercial_partner_id = ANY(%(ids)s))",
                    ids=self.ids,
                )
            )
        return super().write(vals)

from odoo import fields, models

from ..mixin.roles import READERS


class ResPartner(models.Model):
    """What clerks must know of a customer before they say a word."""

    _name = "res.partner"
    _inherit = ["res.partner", "clerk.call.link"]
    _call_column = "partner_id"

    # Not copied: who may not read them copies customers, too.
    clerk_alert = fields.Char(
        string="Note for Calls",
        tracking=True,
        groups=READERS,
        copy=False,
        help="Shown on top of every call with the customer.",
    )
    clerk_legal_hold = fields.Boolean(
        string="Legal Hold",
        tracking=True,
        groups=READERS,
        copy=False,
        help="Lawyers speak with this customer: promise, grant and dispute nothing.",
    )
    clerk_do_not_call = fields.Boolean(
        string="Do Not Call",
        tracking=True,
        groups=READERS,
        copy=False,
        help="Asked not to be called: call lists leave the customer out.",
    )

    def _called_about(self):
        return self.commercial_partner_id

    def _call_values(self):
        return self._values_with(self._first())

    def action_pick_for_call(self):
        """Say on the pad that it is this one of several who calls."""
        self.ensure_one()
        self._call_of_pad().partner_id = self

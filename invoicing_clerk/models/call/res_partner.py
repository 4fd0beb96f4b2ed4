from odoo import fields, models
from odoo.fields import Domain

from ..mixin.gate import only_one
from ..mixin.roles import READERS
from .find_search import VAT_DIGITS
from .trigrams import trigrams, whole


def _whole_name(registry):
    return f"({whole(registry) % 'complete_name'})"


class ResPartner(models.Model):
    """Alerts about a customer, and calls with it."""

    _name = "res.partner"
    _inherit = ["res.partner", "clerk.call.link"]
    _call_field = "partner_id"
    _checked_fields = frozenset(
        {"clerk_alert", "clerk_legal_hold", "clerk_do_not_call"}
    )

    # For the search for what callers say: core has no index inside names and emails
    # nor on normalised emails, and one on names and tax IDs only as typed.
    _clerk_name = models.Index(trigrams("res.partner", "complete_name", "email"))
    _clerk_whole_name = models.Index(_whole_name)
    _clerk_email = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _clerk_vat = models.Index(f"(({VAT_DIGITS % 'vat'})) WHERE vat IS NOT NULL")

    # Not copied: users who cannot read these fields can copy customers.
    clerk_alert = fields.Char(
        string="Note for Calls",
        tracking=True,
        groups=READERS,
        copy=False,
        help="Shown at the top of every call with the customer.",
    )
    clerk_legal_hold = fields.Boolean(
        string="Legal Hold",
        tracking=True,
        groups=READERS,
        copy=False,
        help="The customer is in legal proceedings: do not accept promises, make "
        "concessions or open disputes.",
    )
    clerk_do_not_call = fields.Boolean(
        string="Do Not Call",
        tracking=True,
        groups=READERS,
        copy=False,
        help="The customer asked not to be called, and is excluded from call lists.",
    )

    call_count = fields.Integer(compute="_compute_figures")

    def _figure_queries(self):
        calls = self._count_sql("calls", self.env["clerk.call"], Domain.TRUE)
        return [*super()._figure_queries(), *calls]

    def _set_figures(self, figures):
        self.call_count = self._customer_figure(figures, "calls").number
        return super()._set_figures(figures)

    def _called_about(self):
        return self.commercial_partner_id

    def _call_values(self):
        return self._values_with(self._first())

    def action_pick_for_call(self):
        """Select this contact as the caller on the pad."""
        only_one(self)
        self._call_of_pad().partner_id = self

from odoo import api, fields, models

from ..mixin.roles import SETTINGS_READERS

STATES = [("approved", "Approved"), ("blocked", "Blocked")]


class ResPartner(models.Model):
    """Approval of a customer, which requests for new customers write."""

    _inherit = "res.partner"
    _guarded_fields = frozenset({"clerk_customer_state"})

    clerk_customer_state = fields.Selection(
        STATES,
        string="Approval",
        readonly=True,
        copy=False,
        groups=SETTINGS_READERS,
        help="Empty where nobody has approved the customer.",
    )

    @api.model
    def _guard_hint(self):
        hint = super()._guard_hint()
        return hint or self.env._("Use a request for a new customer instead.")

    def _billing_problem(self):
        """Return why a customer cannot be billed, or nothing."""
        # sudo: a status that only decides whether an invoice may be posted.
        state = self.commercial_partner_id.sudo().clerk_customer_state
        if state == "approved" or not self:
            return None
        name = self.commercial_partner_id.display_name
        if state == "blocked":
            return self.env._(
                "%s is blocked. Ask a supervisor to unblock the customer before you "
                "post the invoice.",
                name,
            )
        return self.env._(
            "%s is not an approved customer. Enter a request under Customers / New "
            "Customers, and have it approved before you post the invoice.",
            name,
        )

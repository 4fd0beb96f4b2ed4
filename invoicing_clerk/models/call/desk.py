from odoo import api, fields, models
from odoo.fields import Domain

# Calls whose times the desk names.
NAMED_CALLS = 3


class ClerkDesk(models.Model):
    """Calls of the day."""

    _inherit = "clerk.desk"

    call_count = fields.Integer(string="Calls", compute="_compute_calls")
    next_calls = fields.Char(compute="_compute_calls")

    @api.model
    def _call_domain(self):
        return (
            Domain("user_id", "=", self.env.uid)
            & Domain("state", "=", "planned")
            & Domain("planned_on", "<", self._end_of_day())
        )

    @api.depends_context("uid", "tz", "lang", "allowed_company_ids")
    def _compute_calls(self):
        calls = self.env["clerk.call"].search(
            self._call_domain(), order="planned_on, id"
        )
        self.call_count = len(calls)
        self.next_calls = " · ".join(
            f"{call._to_local(call.planned_on):%H:%M} {call.partner_id.name or ''}"
            for call in calls[:NAMED_CALLS]
            if call.planned_on
        )

    def action_view_calls(self):
        """Open the calls that the user has to make today."""
        return self._list_action(
            "invoicing_clerk.clerk_call_action_to_make",
            self.env._("Calls Today"),
            self._call_domain(),
        )

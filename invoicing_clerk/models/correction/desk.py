from odoo import api, fields, models
from odoo.fields import Domain


class ClerkDesk(models.Model):
    """Corrections that were approved or refused."""

    _inherit = "clerk.desk"

    decision_count = fields.Integer(
        string="Approved or Refused", compute="_compute_decision_count"
    )

    @api.model
    def _decision_domain(self):
        """Return what others decided: what waits for the user, or was applied today."""
        applied = Domain(
            [
                ("state", "=", "applied"),
                ("approved_by_id", "not in", (False, self.env.uid)),
                ("approved_on", ">=", self._start_of_day()),
            ]
        )
        return Domain("proposed_by_id", "=", self.env.uid) & (
            Domain("state", "in", ("approved", "refused")) | applied
        )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_decision_count(self):
        corrections = self.env["clerk.correction"]
        self.decision_count = corrections.search_count(self._decision_domain())

    def action_view_decisions(self):
        """Open the user's corrections that others approved or refused."""
        return self._list_action(
            "invoicing_clerk.clerk_correction_action",
            self.env._("Approved or Refused"),
            self._decision_domain(),
        )

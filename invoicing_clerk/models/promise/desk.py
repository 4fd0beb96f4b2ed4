from odoo import api, fields, models
from odoo.fields import Domain


class ClerkDesk(models.Model):
    """Promises due."""

    _inherit = "clerk.desk"

    promise_count = fields.Integer(
        string="Promises Due", compute="_compute_promise_count"
    )

    @api.model
    def _promise_domain(self):
        return (
            Domain("user_id", "=", self.env.uid)
            & Domain("state", "=", "open")
            & Domain("date", "<=", self._today())
        )

    @api.depends_context("uid", "tz", "allowed_company_ids")
    def _compute_promise_count(self):
        promises = self.env["clerk.promise"]
        self.promise_count = promises.search_count(self._promise_domain())

    def action_view_promises(self):
        """Open the user's promises that are due by today."""
        return self._list_action(
            "invoicing_clerk.clerk_promise_action",
            self.env._("Promises Due"),
            self._promise_domain(),
        )

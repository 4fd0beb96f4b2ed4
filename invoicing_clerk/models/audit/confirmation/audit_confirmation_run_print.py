from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.plural import plural


class ClerkAuditConfirmationRun(models.Model):
    """Requests sent by post: one PDF to print and mail."""

    _inherit = "clerk.audit.confirmation.run"

    print_count = fields.Integer(string="To Print", compute="_compute_print_count")

    @api.depends("confirmation_ids.delivery_state")
    def _compute_print_count(self):
        waiting = self._requests_to_print().grouped("run_id")
        for run in self:
            run.print_count = len(waiting.get(run, ()))

    def _requests_to_print(self):
        return self.env["clerk.audit.confirmation"].search(
            [("run_id", "in", self.ids), ("delivery_state", "=", "to_print")]
        )

    def action_print(self):
        """Open one PDF of all requests to print, and attach it to the run.

        :raises UserError: there are none
        """
        self.ensure_one()
        self._check_step_access()
        self._check_step("print")
        # sudo: auditors may write the run; only steps write its requests.
        confirmations = self._requests_to_print().sudo().try_lock_for_update()
        if not confirmations:
            raise UserError(
                self.env._("%s: there are no requests to print.", self.name)
            )
        return confirmations._print_together(
            plural(
                len(confirmations),
                self.env._(
                    "%(run)s: %(count)s request.pdf",
                    run=self.name,
                    count=len(confirmations),
                ),
                self.env._(
                    "%(run)s: %(count)s requests.pdf",
                    run=self.name,
                    count=len(confirmations),
                ),
            )
        )

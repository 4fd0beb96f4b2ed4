from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkAuditConfirmationRun(models.Model):
    """Letters that go by post: one PDF of all, to be printed and put into envelopes."""

    _inherit = "clerk.audit.confirmation.run"

    print_count = fields.Integer(string="To Print", compute="_compute_print_count")

    @api.depends("confirmation_ids.delivery_state")
    def _compute_print_count(self):
        waiting = self._waiting_for_paper().grouped("run_id")
        for run in self:
            run.print_count = len(waiting.get(run, ()))

    def _waiting_for_paper(self):
        return self.env["clerk.audit.confirmation"].search(
            [("run_id", "in", self.ids), ("delivery_state", "=", "to_print")]
        )

    def action_print(self):
        """Open one PDF of all letters that wait for paper; the run keeps it.

        :raises UserError: none waits
        """
        self.ensure_one()
        self._check_step("released")
        # sudo: the auditor may write the run; its letters change by steps only.
        letters = self._waiting_for_paper().sudo().try_lock_for_update()
        if not letters:
            raise UserError(self.env._("%s: nothing waits to be printed.", self.name))
        bundle = self.env["ir.attachment"].create(
            {
                "name": self.env._(
                    "%(run)s: %(count)s letters.pdf", run=self.name, count=len(letters)
                ),
                "raw": letters._merged_documents(),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        letters.write(
            {
                "delivery_state": "printed",
                "delivery_error": False,
                "sent_on": fields.Datetime.now(),
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{bundle.id}",
            "target": "new",
        }

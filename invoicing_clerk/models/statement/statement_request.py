from odoo import fields, models
from odoo.exceptions import UserError


class ClerkStatement(models.Model):
    """Sends a statement that a customer requested."""

    _inherit = "clerk.statement"

    run_kind = fields.Selection(
        related="run_id.kind", string="Run Type", groups="base.group_user"
    )
    run_state = fields.Selection(
        related="run_id.state", string="Run Status", groups="base.group_user"
    )
    requested_by_id = fields.Many2one(
        related="run_id.requested_by_id", groups="base.group_user"
    )

    def action_send_request(self):
        """Review and send in one click: the clerk is looking at the statement."""
        for statement in self:
            if statement.run_kind != "request":
                raise UserError(
                    self.env._(
                        "%(statement)s is one of many: send the run %(run)s instead.",
                        statement=statement.display_name,
                        run=statement.run_id.name,
                    )
                )
        self.run_id.filtered(lambda run: run.state == "computed").action_review()
        return self.run_id.action_send()

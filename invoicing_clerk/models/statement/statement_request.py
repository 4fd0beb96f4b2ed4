from odoo import fields, models
from odoo.exceptions import UserError


class ClerkStatement(models.Model):
    """Sends a statement that one customer asked for."""

    _inherit = "clerk.statement"

    run_kind = fields.Selection(related="run_id.kind", groups="base.group_user")
    run_state = fields.Selection(related="run_id.state", groups="base.group_user")
    asked_by_id = fields.Many2one(
        related="run_id.asked_by_id", groups="base.group_user"
    )

    def action_send_request(self):
        """Review and send in one click: the clerk has just looked at it."""
        for statement in self:
            if statement.run_kind != "request":
                raise UserError(
                    self.env._(
                        "%(statement)s is one of many: send %(run)s.",
                        statement=statement.display_name,
                        run=statement.run_id.name,
                    )
                )
        self.run_id.filtered(lambda run: run.state == "computed").action_review()
        return self.run_id.action_send()

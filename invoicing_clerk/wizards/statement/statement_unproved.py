from odoo import fields, models


class ClerkStatementUnproved(models.TransientModel):
    """Dialog that asks a supervisor why unproved statements are sent."""

    _name = "clerk.statement.unproved"
    _description = "Approve Unproved Statements"
    _inherit = "clerk.checked"

    run_id = fields.Many2one("clerk.statement.run", required=True, readonly=True)
    proof_ids = fields.One2many(related="run_id.proof_ids")
    reason = fields.Char(required=True)

    def action_apply(self):
        self.ensure_one()
        self.run_id._approve_unproved(self.reason)

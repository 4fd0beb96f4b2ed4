from odoo import fields, models


class ClerkPromiseWithdraw(models.TransientModel):
    """Dialog that asks why promises no longer count."""

    _name = "clerk.promise.withdraw"
    _description = "Withdraw Promises"
    _inherit = "clerk.checked"

    promise_ids = fields.Many2many("clerk.promise", required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        self.ensure_one()
        self.promise_ids._withdraw(self.reason)

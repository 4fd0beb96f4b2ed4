from odoo import fields, models

from ...models.mixin.gate import only_one


class ClerkReceiptAssign(models.TransientModel):
    """Say which customer payments are from; the payer is remembered."""

    _name = "clerk.receipt.assign"
    _description = "Assign Customer to Payments"
    _inherit = "clerk.checked"

    match_ids = fields.Many2many(
        "clerk.receipt.match", string="Payments", required=True
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        domain="[('parent_id', '=', False)]",
    )
    is_remembered = fields.Boolean(
        string="Remember the Payer",
        default=True,
        help="Payments from this name and account are the customer's from now on.",
    )

    def action_assign(self):
        """Write the customer on the payments, and propose for them again."""
        only_one(self)
        self.match_ids._assign(self.partner_id, self.is_remembered)
        return {"type": "ir.actions.act_window_close"}

from odoo import fields, models


class ClerkWorkItemHandOver(models.TransientModel):
    """Says to whom items go, and why."""

    _name = "clerk.work.item.hand.over"
    _description = "Hand Over Work Items"

    item_ids = fields.Many2many("clerk.work.item", required=True)
    user_id = fields.Many2one(
        "res.users", string="To", required=True, domain="[('share', '=', False)]"
    )
    note = fields.Text(string="Why", required=True)

    def action_apply(self):
        self.ensure_one()
        self.item_ids._hand_over(self.user_id, self.note)

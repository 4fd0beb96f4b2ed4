from odoo import fields, models


class ClerkWorkItemSnooze(models.TransientModel):
    """Says until when items rest, and why."""

    _name = "clerk.work.item.snooze"
    _description = "Snooze Work Items"

    item_ids = fields.Many2many("clerk.work.item", required=True)
    until = fields.Datetime(required=True)
    reason = fields.Char(required=True)

    def action_apply(self):
        self.ensure_one()
        self.item_ids._snooze(self.until, self.reason)

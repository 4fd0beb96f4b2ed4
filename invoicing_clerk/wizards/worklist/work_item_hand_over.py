from odoo import api, fields, models
from odoo.tools import format_date


class ClerkWorkItemHandOver(models.TransientModel):
    """Hand work items over to a colleague, with a reason."""

    _name = "clerk.work.item.hand.over"
    _description = "Hand Over Work Items"
    _inherit = "clerk.checked"

    item_ids = fields.Many2many("clerk.work.item", required=True)
    user_id = fields.Many2one(
        "res.users",
        string="Hand Over To",
        required=True,
        domain="[('share', '=', False)]",
    )
    note = fields.Text(string="Reason", required=True)
    away = fields.Char(string="Absence", compute="_compute_away")

    @api.depends("user_id")
    def _compute_away(self):
        last_days = self.env["clerk.absence"]._last_days(self.user_id)
        for dialog in self:
            last = last_days.get(dialog.user_id)
            dialog.away = last and self.env._(
                "%(colleague)s is away until %(day)s.",
                colleague=dialog.user_id.name,
                day=format_date(self.env, last),
            )

    def action_apply(self):
        self.ensure_one()
        self.item_ids._hand_over(self.user_id, self.note)

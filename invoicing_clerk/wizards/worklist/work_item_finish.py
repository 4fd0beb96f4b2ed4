from odoo import fields, models


class ClerkWorkItemFinish(models.TransientModel):
    """Finish work items with an outcome and a note."""

    _name = "clerk.work.item.finish"
    _description = "Finish Work Items"
    _inherit = "clerk.checked"

    item_ids = fields.Many2many("clerk.work.item", required=True)
    outcome = fields.Selection(
        selection=lambda self: (
            self.env["clerk.work.item"]
            ._fields["outcome"]
            ._description_selection(self.env)
        ),
        required=True,
        default="solved",
    )
    note = fields.Text()

    def action_apply(self):
        self.ensure_one()
        self.item_ids._finish(self.outcome, self.note)

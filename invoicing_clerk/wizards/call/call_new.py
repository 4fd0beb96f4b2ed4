from odoo import fields, models

from ...models.mixin.gate import only_one
from ...rules.call.search_text import MAX_CHARACTERS


class ClerkCallNew(models.TransientModel):
    """Dialog before the pad: type what the caller says, and press Enter.

    The web client puts the cursor into a field only of new records, and a call is saved
    when its pad opens. So what is typed first has a record of its own.
    """

    _name = "clerk.call.new"
    _description = "New Call"
    _inherit = "clerk.checked"

    find_text = fields.Char(string="Who Is Calling?", size=MAX_CHARACTERS)

    def action_open(self):
        """Log a new call, with the customer and document that the text leads to."""
        call = self.env["clerk.call"]._new_call({})
        if only_one(self).find_text:
            call.find_text = self.find_text
            call._onchange_find_text()
        action = call._pad_action()
        is_page = self.env.context.get("clerk_call_page")
        return {**action, "target": "main"} if is_page else action

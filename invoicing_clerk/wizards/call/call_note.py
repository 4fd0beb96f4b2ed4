from odoo import fields, models
from odoo.tools import plaintext2html


class ClerkCallNote(models.TransientModel):
    """A note on the customer, that stays when the call is over."""

    _name = "clerk.call.note"
    _description = "Note on the Customer"

    call_id = fields.Many2one("clerk.call", required=True)
    note = fields.Text(required=True)
    is_alert = fields.Boolean(
        string="Show It on Every Call", help="In place of the note shown so far."
    )

    def action_apply(self):
        """Write the note down, on the call too: when who said so is forgotten, the
        note on the customer stays."""
        self.ensure_one()
        self.call_id.check_access("write")
        customer, body = self.call_id.partner_id, plaintext2html(self.note)
        customer._message_log(body=body)
        self.call_id._message_log(body=body)
        if self.is_alert:
            customer.clerk_alert = self.note

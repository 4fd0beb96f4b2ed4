from odoo import fields, models


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
        self.ensure_one()
        self.call_id.check_access("write")
        customer = self.call_id.partner_id
        customer._message_log(body=self.note)
        if self.is_alert:
            customer.clerk_alert = self.note

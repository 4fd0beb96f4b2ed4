from odoo import fields, models
from odoo.tools import plaintext2html


class ClerkCallNote(models.TransientModel):
    """The dialog for a note on the customer, which remains after the call."""

    _name = "clerk.call.note"
    _description = "Note on the Customer"
    _inherit = "clerk.checked"

    call_id = fields.Many2one("clerk.call", required=True)
    note = fields.Text(required=True)
    is_alert = fields.Boolean(
        string="Show on Every Call", help="Replaces the current note for calls."
    )

    def action_apply(self):
        """Log the note on the customer, which keeps it, and on the call, which may be
        anonymised."""
        self.ensure_one()
        self.call_id.check_access("write")
        customer, body = self.call_id.partner_id, plaintext2html(self.note)
        customer._message_log(body=body)
        self.call_id._message_log(body=body)
        if self.is_alert:
            customer.clerk_alert = self.note

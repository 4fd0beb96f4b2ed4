from odoo import fields, models


class ClerkCallIdentity(models.TransientModel):
    """Dialog that checks the identity of a caller, and goes on with what needs it."""

    _name = "clerk.call.identity"
    _description = "Check the Identity of a Caller"
    _inherit = "clerk.checked"

    call_id = fields.Many2one("clerk.call", required=True, readonly=True)
    purpose = fields.Selection(
        [
            ("copies", "Send copies of invoices"),
            ("statement", "Send a statement"),
            ("contact", "Change contact data"),
            ("done", "End the call"),
        ],
        required=True,
        readonly=True,
    )
    move_ids = fields.Many2many("account.move", string="Invoices", readonly=True)
    identity_html = fields.Html(related="call_id.identity_html")

    def action_confirm(self):
        """Record that the caller answered correctly, and go on."""
        self.ensure_one()
        self.call_id.is_identified = True
        return self._go_on()

    def _go_on(self):
        call = self.call_id
        if self.purpose == "copies":
            return call._send_copies(self.move_ids)
        if self.purpose == "statement":
            return call.action_statement()
        if self.purpose == "contact":
            return call.action_correct_contact()
        return call.action_done()

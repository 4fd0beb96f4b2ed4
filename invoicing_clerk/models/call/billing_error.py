from odoo import fields, models
from odoo.fields import Command


class ClerkBillingError(models.Model):
    """Calls about a billing error."""

    _name = "clerk.billing.error"
    _inherit = ["clerk.billing.error", "clerk.call.link"]
    _call_field = "error_ids"

    call_ids = fields.Many2many(
        "clerk.call",
        "clerk_call_error_rel",
        "error_id",
        "call_id",
        string="Linked Calls",
        copy=False,
    )

    def _call_values(self):
        error = self._first()
        return {
            **self._values_with(error.contact_id or error.partner_id),
            "company_id": error.company_id.id,
            "move_ids": [Command.link(move.id) for move in error.move_ids],
            "error_ids": [Command.link(error.id)],
        }

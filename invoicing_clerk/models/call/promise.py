from odoo import fields, models
from odoo.fields import Command


class ClerkPromise(models.Model):
    """Calls about a promise."""

    _name = "clerk.promise"
    _inherit = ["clerk.promise", "clerk.call.link"]
    _call_field = "promise_ids"

    call_ids = fields.Many2many(
        "clerk.call",
        "clerk_call_promise_rel",
        "promise_id",
        "call_id",
        string="Linked Calls",
        copy=False,
    )

    def _call_values(self):
        promise = self._first()
        return {
            **self._values_with(promise.contact_id or promise.partner_id),
            "company_id": promise.company_id.id,
            "move_ids": [Command.link(move.id) for move in promise.move_ids],
            "promise_ids": [Command.link(promise.id)],
        }

from odoo import models
from odoo.fields import Command

from .trigrams import trigrams


class AccountMove(models.Model):
    """Calls about an invoice."""

    _name = "account.move"
    _inherit = ["account.move", "clerk.call.link"]
    _call_field = "move_ids"

    # For the search for what callers say; numbers and references have indexes of core.
    _clerk_amount = models.Index(
        "(amount_total) WHERE move_type IN ('out_invoice', 'out_refund', 'out_receipt')"
    )
    _clerk_open_amount = models.Index(
        "(amount_residual) WHERE payment_state = 'partial'"
    )
    # Core has no index on customers; the pad shows their latest documents.
    _clerk_latest = models.Index(
        "(commercial_partner_id, invoice_date DESC, id DESC)"
        " WHERE state = 'posted' AND move_type IN ('out_invoice', 'out_refund')"
    )
    _clerk_origin = models.Index(trigrams("account.move", "invoice_origin"))

    def _call_values(self):
        self.env["clerk.billing.error"]._check_one_customer(self)
        return {
            **self._values_with(self._first().partner_id),
            "company_id": self.company_id.id,
            "move_ids": [Command.link(move.id) for move in self],
        }

    def action_pick_for_call(self):
        """Link the call of the pad to this invoice, or unlink it."""
        call = self._call_of_pad()
        moves = call.move_ids
        call.move_ids = moves - self if self <= moves else moves | self

    def action_dispute_on_call(self):
        call = self._call_of_pad()
        call.move_ids |= self
        return call._dispute(self)

    def action_promise_on_call(self):
        call = self._call_of_pad()
        call.move_ids |= self
        return call._promise(self)

    def action_copy_on_call(self):
        call = self._call_of_pad()
        call.move_ids |= self
        return call._send_copies(self)

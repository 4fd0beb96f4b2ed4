from odoo import models
from odoo.exceptions import UserError

from ..mixin.attempt import attempt, reason_of


class ClerkWorkItem(models.Model):
    """Promises to pay the invoices of many items, one for each customer."""

    _inherit = "clerk.work.item"

    def action_promise(self):
        """Open the dialog that asks when the customers will pay."""
        return self._dialog_action(
            "clerk.work.item.promise", self.env._("Promises to Pay")
        )

    def _bulk_promise(self, **terms):
        """Record a promise for each customer, of the invoices that can be promised."""
        failures = self._held_by_others() | self._unpromisable()
        items = self.filtered(lambda item: item not in failures)
        debts = items.grouped(lambda item: item._promised_move()._debt_key())
        for of_debtor in debts.values():
            if reason := of_debtor._try_promise(terms):
                failures |= dict.fromkeys(of_debtor, reason)
        return failures

    def _unpromisable(self):
        """Return the items whose invoices cannot be promised, with the reasons."""
        obstacles = {item: item._promise_obstacle() for item in self}
        return {item: reason for item, reason in obstacles.items() if reason}

    def _promise_obstacle(self):
        """Return why the invoice of an item cannot be promised, or nothing."""
        promises = self.env["clerk.promise"]
        try:
            promises._check_items(promises._receivable_items(self._promised_move()))
        except UserError as error:
            return str(error)
        return None

    def _promised_move(self):
        """:raises UserError: the record of the item is not an invoice"""
        if self.res_model != "account.move":
            raise UserError(
                self.env._(
                    "%s is not an invoice: record the promise on the customer.",
                    self.display_name,
                )
            )
        return self.env["account.move"].browse(self.res_id)

    def _try_promise(self, terms):
        """Record the promise of one customer, and return why it failed, if so."""
        moves = self.env["account.move"].union(
            *(item._promised_move() for item in self)
        )
        terms = {**terms, "move_ids": moves.ids}
        promises = self.env["clerk.promise"]
        return reason_of(attempt(self.env, lambda: promises.create(terms)))

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..billing_error.billing_error import DISPUTABLE_TYPES
from ..mixin.gate import at_least_one


class AccountMoveLine(models.Model):
    """Steps on the ticked open items of a customer, each in the dialog of its own
    capability."""

    _inherit = "account.move.line"

    def action_items_call(self):
        """Log a call about the documents, and open the pad on it."""
        customer, company = self._one_customer()
        values = self.env["clerk.call.starter"]._values_with(customer)
        return self._documents_call(
            {**values, "partner_id": customer.id, "company_id": company.id}
        )

    def _documents_call(self, values):
        documents = self._documents()
        links = [Command.link(document.id) for document in documents]
        values = {**values, "direction": "out", "move_ids": links}
        call = self.env["clerk.call"]._new_call(values)
        # The pad shows the items that the call is about as ticked.
        (self - self.env["clerk.item.tick"]._of_user(self).item_id)._tick()
        return call._pad_action()

    def action_items_promise(self):
        """Open a new promise for the instalments."""
        customer, company = self._one_customer()
        if call := self._linked_call():
            return call._promise_items(self)
        promises = self.env["clerk.promise"].with_company(company)
        promises._check_items(self)
        return promises._new_action(partner_id=customer.id, item_ids=self.ids)

    def action_items_dispute(self):
        """Open a new billing error on the documents."""
        self._one_customer()
        if call := self._linked_call():
            return call._dispute(self._documents())
        return self._documents().action_open_billing_error()

    def action_items_copies(self):
        """Open the dialog of Odoo that sends the documents."""
        self._one_customer()
        documents = self._documents()
        if not documents:
            raise UserError(
                self.env._(
                    "Select invoices or credit notes: the selected items have no "
                    "document."
                )
            )
        if call := self._linked_call():
            return call._send_copies(documents)
        return documents.action_send_and_print()

    def action_items_statement(self):
        """Create a statement of all open items as of today, to review and send."""
        customer, company = self._one_customer()
        return customer.with_company(company).action_new_statement()

    def action_items_apply(self):
        """Propose how to apply the ticked payments and credits to ticked invoices."""
        customer, company = self._one_customer()
        return self.env["clerk.receivable"]._match(customer, company, self)

    def _linked_call(self):
        """Return the call on whose pad this is, linked to the documents."""
        call = self._call_on_pad()
        if call:
            call.move_ids |= self._documents()
        return call

    def _documents(self):
        """Return the invoices and credit notes of these items."""
        return self.move_id.filtered(lambda move: move.move_type in DISPUTABLE_TYPES)

    def _one_customer(self):
        """Return the customer and the company of the items.

        :raises UserError: there are several, or other accounts among them
        """
        at_least_one(self)
        if self.account_id.filtered(
            lambda account: account.account_type != "asset_receivable"
        ):
            raise UserError(self.env._("Select only open items of customers."))
        customer, company = self.partner_id.commercial_partner_id, self.company_id
        if len(customer) != 1 or len(company) != 1:
            raise UserError(
                self.env._(
                    "Select items of one customer and company: these belong to %s.",
                    ", ".join((customer + company.partner_id).mapped("display_name")),
                )
            )
        return customer, company

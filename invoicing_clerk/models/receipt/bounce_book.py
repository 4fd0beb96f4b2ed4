from odoo import models
from odoo.fields import Command

from ..mixin.locking import lock
from ..mixin.reversal import reverse_payment


class ClerkBounce(models.Model):
    """Entries of a bounced payment: reversal, bank fee, charge to the customer."""

    _inherit = "clerk.bounce"

    def action_book(self):
        """Reverse the payments, open again what they had paid, and book the fees.

        :raises UserError: a payment cannot be reversed, or an account is missing
        """
        self._begin_step("book")
        entries = self.payment_id.move_id
        lock(lambda: self._refuse_locked_entry(entries), entries)
        entries.invalidate_recordset()
        self._check_needs("book", {})
        for bounce in self:
            bounce._write_step("book", **bounce._book())
            bounce._void_receipts()

    def _void_receipts(self):
        issued = self.payment_id.receipt_document_ids.filtered(
            lambda each: each.state == "issued"
        )
        issued._take_step("void", void_reason=self._mark_text())

    def _refuse_locked_entry(self, entries):
        return self.env._(
            "Somebody else is working on %s. Try again in a moment.",
            ", ".join(entries.mapped("display_name")),
        )

    def _book(self):
        """Make the entries, and return the values that name them."""
        reopened, reversal = reverse_payment(
            self.payment_id, self.date, self._entry_ref()
        )
        values = {
            "reversal_id": reversal.id,
            "reopened_item_ids": [Command.set(reopened.ids)],
        }
        if self.fee:
            values["fee_move_id"] = self._post_fee().id
        if self.charge:
            values["charge_move_id"] = self._post_charge().id
        return values

    def _entry_ref(self):
        return self.env._(
            "%(number)s: %(payment)s bounced (%(code)s)",
            number=self.name,
            payment=self.payment_id.display_name,
            code=self.reason_id.code,
        )

    def _post_fee(self):
        """Post the fee of the bank against the account of outstanding payments."""
        payment = self.payment_id
        accounts = {payment.outstanding_account_id: -1, self._fee_account(): 1}
        balance = payment.currency_id._convert(
            self.fee, self.company_id.currency_id, self.company_id, self.date
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": payment.journal_id.id,
                "date": self.date,
                "ref": self._entry_ref(),
                "line_ids": [
                    Command.create(
                        {
                            "name": self.env._("Fee for a returned payment"),
                            "account_id": account.id,
                            "currency_id": payment.currency_id.id,
                            "amount_currency": sign * self.fee,
                            "balance": sign * balance,
                        }
                    )
                    for account, sign in accounts.items()
                ],
            }
        )
        move.action_post()
        return move

    def _post_charge(self):
        """Post an invoice to the customer, without tax: it compensates for a loss."""
        payment = self.payment_id
        name = self.env._("Fee for the returned payment %s", payment.display_name)
        line = {
            "name": name,
            "quantity": 1,
            "price_unit": self.charge,
            "account_id": self._fee_account().id,
            "tax_ids": [Command.clear()],
        }
        move = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "out_invoice",
                    "partner_id": payment.partner_id.id,
                    "invoice_date": self.date,
                    "currency_id": payment.currency_id.id,
                    "ref": self.name,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
        )
        move.action_post()
        return move

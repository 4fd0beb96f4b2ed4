from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class ClerkReceiptMatchLine(models.Model):
    """The discount for early payment that a payment takes: an entry beside it.

    Odoo makes this entry when a payment is registered on an invoice. A payment that is
    there already gets it when it is applied, with the same accounts and taxes.
    """

    _inherit = "clerk.receipt.match.line"

    def _take_discount(self, date):
        """Post the entry of the discount, and reconcile the item with it."""
        item = self.item_id
        entry = self.env["account.move"].create(self._discount_entry(date))
        entry.action_post()
        self._inside().discount_move_id = entry
        (
            item
            + entry.line_ids.filtered(lambda line: line.account_id == item.account_id)
        ).reconcile()

    def _reverse_discounts(self):
        """Reverse the entries of discounts, with the rights of the user."""
        entries = self.discount_move_id.sudo(False)
        if entries:
            today = fields.Date.context_today(self)
            entries._reverse_moves([{"date": today} for _ in entries], cancel=True)

    def _discount_entry(self, date):
        """:raises UserError: the discount is no longer available"""
        item, invoice = self.item_id, self.item_id.move_id
        if not invoice._is_eligible_for_early_payment_discount(self.currency_id, date):
            raise UserError(
                self.env._(
                    "The discount for early payment is no longer available on %s.",
                    invoice.name,
                )
            )
        return {
            "move_type": "entry",
            "date": date,
            "journal_id": self._discount_journal().id,
            "ref": self.env._("Early payment discount: %s", invoice.name),
            "line_ids": [
                Command.create(values) for values in self._discount_lines(item, invoice)
            ],
        }

    def _discount_journal(self):
        """:raises UserError: the company has no journal for it"""
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self.company_id.id)], limit=1
        )
        if not journal:
            raise UserError(
                self.env._(
                    "%s has no general journal for discounts. Create one.",
                    self.company_id.name,
                )
            )
        return journal

    def _discount_lines(self, item, invoice):
        share = self.discount / item.amount_residual_currency
        balance = self.company_id.currency_id.round(item.amount_residual * share)
        parts = invoice._get_invoice_counterpart_amls_for_early_payment_discount(
            [
                {
                    "aml": item,
                    "amount_currency": -item.amount_residual_currency,
                    "balance": -item.amount_residual,
                }
            ],
            balance,
        )
        lines = [values for group in parts.values() for values in group]
        return [
            *lines,
            {
                "name": self.env._("Early payment discount: %s", invoice.name),
                "account_id": item.account_id.id,
                "partner_id": item.partner_id.id,
                "currency_id": self.currency_id.id,
                "amount_currency": -self.discount,
                "balance": -sum(values["balance"] for values in lines),
            },
        ]

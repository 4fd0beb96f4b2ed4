from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ...rules.voucher.voucher import payment_days
from ..mixin.lock_date import lock_date_obstacle
from ..mixin.locking import lock
from ..mixin.settle import settle


class ClerkVoucher(models.Model):
    """The payment of a voucher: one payment, which settles each line exactly.

    An expense is posted as a purchase receipt first, and paid then.
    """

    _inherit = "clerk.voucher"

    def action_pay(self):
        """Post the payments of vouchers, and settle what they pay.

        :raises UserError: a bank account is not trusted or too new, an item was paid
            meanwhile, or the date is locked; nothing is changed
        """
        self._begin_step("pay")
        self._lock_ledger(self.line_ids.item_id)
        self.line_ids.item_id.invalidate_recordset()
        self._check_needs("pay", {})
        for voucher in self:
            voucher._write_step("pay", **voucher._post_payment())
            voucher._seal_evidence("receipt", voucher._receipts(), strict=False)

    # Receipts

    def _receipts(self):
        """Return the files that are attached to these vouchers."""
        # sudo: files of vouchers that the caller may read.
        files = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", self._name), ("res_id", "in", self.ids)]
        return files.search([*domain, ("res_field", "=", False)])

    @api.model
    def _evidence_hint(self):
        return self.env._(
            "A voucher keeps its receipts once it is paid. If one is wrong, have the "
            "payment voided."
        )

    # The payment

    def _lock_ledger(self, records):
        lock(
            lambda: self.env._(
                "Somebody else is working on what %s pays. Try again in a moment.",
                self._enumerate(),
            ),
            records,
        )

    def _post_payment(self):
        """Post the payment, settle the lines, and return the values that name them."""
        expense = self._post_expense()
        payments = self.env["account.payment"].with_company(self.company_id)
        payment = payments.create(self._payment_values())
        payment.action_post()
        if not payment.move_id:
            raise UserError(
                self.env._(
                    "%s has no outstanding account, so that the payment has no entry. "
                    "Ask an accountant to set one.",
                    self.journal_id.name,
                )
            )
        for item, amount in self._items_to_settle(expense):
            money = payment.move_id.line_ids.filtered(
                lambda line, item=item: line.account_id == item.account_id
            )
            settle(item, money, amount)
        return {
            "payment_id": payment.id,
            "receipt_move_id": expense.id,
            "payment_date": payment.date,
            "paid_by_id": self.env.uid,
        }

    def _payment_values(self):
        return {
            "payment_type": "outbound",
            "partner_type": "customer" if self.kind == "refund" else "supplier",
            "partner_id": self.partner_id.commercial_partner_id.id,
            "amount": self.amount,
            "currency_id": self.currency_id.id,
            "date": self._day_of_payment(),
            "journal_id": self.journal_id.id,
            "payment_method_line_id": self.payment_method_line_id.id,
            "partner_bank_id": self.partner_bank_id.id,
            "destination_account_id": self._account_to_settle().id,
            "memo": " · ".join(filter(None, [self.name, self.memo])),
            "payment_reference": self.reference,
            "company_id": self.company_id.id,
        }

    def _account_to_settle(self):
        payee = self.partner_id.with_company(self.company_id)
        return self.line_ids.item_id.account_id or payee.property_account_payable_id

    def _day_of_payment(self):
        return self.payment_date or fields.Date.context_today(self)

    def _post_expense(self):
        """Post the entry of an expense; return nothing if there is none."""
        if not self._is_charged():
            return self.env["account.move"]
        moves = self.env["account.move"].with_company(self.company_id)
        receipt = moves.create(
            {
                "move_type": "in_receipt",
                "partner_id": self.partner_id.id,
                "currency_id": self.currency_id.id,
                "company_id": self.company_id.id,
                "invoice_date": self._day_of_payment(),
                "date": self._day_of_payment(),
                "ref": self.name,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": line.name or self.memo or self.name,
                            "account_id": line.account_id.id,
                            "quantity": 1,
                            "price_unit": line.amount,
                            "tax_ids": [Command.clear()],
                        }
                    )
                    for line in self.line_ids
                ],
            }
        )
        receipt.action_post()
        return receipt

    def _items_to_settle(self, expense):
        """Return pairs of an open item and the amount to settle, whole ones first."""
        if expense:
            payable = expense.line_ids.filtered(
                lambda line: line.account_id.account_type == "liability_payable"
            )
            return [(payable, self.amount)]
        lines = self.line_ids.filtered("item_id")
        pairs = [(line.item_id, line.amount) for line in lines]
        return sorted(
            pairs, key=lambda pair: abs(pair[0].amount_residual_currency) > pair[1]
        )

    def _payment_problem(self):
        """Return why the voucher cannot be paid now, as a sentence, or nothing."""
        if len(self.line_ids.item_id.account_id) > 1:
            return self.env._(
                "Its items are on several accounts (%s). Pay those of each account "
                "with a voucher of its own.",
                ", ".join(self.line_ids.item_id.account_id.mapped("display_name")),
            )
        return (
            self._account_problem()
            or lock_date_obstacle(
                self.company_id, self._day_of_payment(), self.journal_id
            )
            or self._distant_problem()
        )

    def _distant_problem(self):
        """Return why nobody pays on that day, or nothing: its year may be a typo."""
        day = self._day_of_payment()
        first, last = payment_days(fields.Date.context_today(self))
        if first <= day <= last:
            return None
        return self.env._(
            "The date of payment %(day)s is too far away. Enter a date from %(first)s "
            "to %(last)s.",
            day=self._date_text(day),
            first=self._date_text(first),
            last=self._date_text(last),
        )

    def _account_problem(self):
        """Return why the bank account of the payee is not paid yet, or nothing."""
        account = self.partner_bank_id
        if account.sanitized_acc_number != (self.approved_account or False):
            return self.env._(
                "It was approved for the bank account %(approved)s, and the account is "
                "%(now)s now. Send it back, and have it approved again.",
                approved=self.approved_account or self.env._("none"),
                now=account.acc_number or self.env._("none"),
            )
        if not account:
            return None
        if not account.allow_out_payment:
            return self.env._(
                "The bank account %(account)s of %(payee)s is not trusted. Confirm it "
                "with the payee, and have it marked as trusted.",
                account=account.acc_number,
                payee=self.partner_id.display_name,
            )
        # sudo: a number of days in the settings of the company.
        days = self.company_id.sudo().clerk_voucher_bank_days
        if first := account._payable_from(days):
            return self.env._(
                "The bank account %(account)s was entered or changed recently. "
                "It is paid from %(date)s on: confirm it with the payee meanwhile.",
                account=account.acc_number,
                date=format_date(self.env, first),
            )
        return None

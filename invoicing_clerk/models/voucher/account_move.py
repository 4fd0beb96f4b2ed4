from textwrap import shorten

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..mixin.gate import at_least_one
from .voucher import MEMO_SIZE
from .voucher_void import UNDONE


class AccountMove(models.Model):
    """Vendor bills that are paid by vouchers, and the entries of vouchers."""

    _inherit = "account.move"

    def write(self, vals):
        """:raises UserError: an entry of a paid voucher would be undone"""
        if vals.get("state") in UNDONE:
            # What customers are billed with, most of what is reset, costs no query.
            paying = self.filtered(
                lambda move: not move.is_sale_document(include_receipts=True)
            ).ids
            if paying:
                self.env["clerk.voucher"]._refuse_undone(
                    Domain("payment_id.move_id", "in", paying)
                    | Domain("receipt_move_id", "in", paying)
                )
        return super().write(vals)

    def action_prepare_voucher(self):
        """Enter vouchers for the open amounts of bills, one for each payee.

        :return: an action that opens them
        :raises UserError: nothing is open
        """
        vouchers = self.env["clerk.voucher"]
        vouchers.check_access("create")
        items = at_least_one(self).line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "liability_payable"
                and line.parent_state == "posted"
                and line.amount_residual_currency < 0
            )
        )
        if not items:
            raise UserError(
                self.env._(
                    "Select posted vendor bills with an amount due: %s.",
                    ", ".join(self[:5].mapped("display_name")),
                )
            )
        return vouchers.create(self._vouchers_to_pay(items))._open_them()

    @api.model
    def _vouchers_to_pay(self, items):
        """Return the values of a voucher for each company, payee and currency."""
        groups = items.grouped(
            lambda line: (
                line.company_id,
                line.partner_id.commercial_partner_id,
                line.currency_id,
            )
        )
        return [
            {
                "kind": "bill",
                "company_id": company.id,
                "partner_id": payee.id,
                "currency_id": currency.id,
                "memo": self._numbers_of_vendor(group),
                "line_ids": [Command.create({"item_id": item.id}) for item in group],
            }
            for (company, payee, currency), group in groups.items()
        ]

    @api.model
    def _numbers_of_vendor(self, items):
        """Return the numbers by which the payee knows the items, as far as they fit."""
        numbers = [move.ref or move.name for move in items.move_id]
        return shorten(", ".join(numbers), MEMO_SIZE, placeholder=" …")

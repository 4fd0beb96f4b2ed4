from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..mixin.gate import at_least_one


class AccountMove(models.Model):
    """Vendor bills that are paid by vouchers."""

    _inherit = "account.move"

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
        for (company, payee, currency), group in items.grouped(
            lambda line: (
                line.company_id,
                line.partner_id.commercial_partner_id,
                line.currency_id,
            )
        ).items():
            vouchers |= vouchers.with_company(company).create(
                {
                    "kind": "bill",
                    "company_id": company.id,
                    "partner_id": payee.id,
                    "currency_id": currency.id,
                    "line_ids": [
                        Command.create({"item_id": item.id}) for item in group
                    ],
                }
            )
        return vouchers._open_them()

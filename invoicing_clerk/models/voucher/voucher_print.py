from odoo import models
from odoo.tools import format_date

from ...rules.receipt.amount_words import amount_in_words
from ..mixin.amount import amount_text, exact
from ..mixin.gate import at_least_one

PRINT = "invoicing_clerk.action_report_voucher"
REGISTER = "invoicing_clerk.action_report_voucher_register"


class ClerkVoucher(models.Model):
    """The printed voucher with its signatures, and the register."""

    _inherit = "clerk.voucher"

    def action_print(self):
        """Print the vouchers."""
        return self.env.ref(PRINT).report_action(at_least_one(self), config=False)

    def action_print_register(self):
        """Print a list of the vouchers, with totals by currency and status."""
        return self.env.ref(REGISTER).report_action(at_least_one(self), config=False)

    def action_open_payment(self):
        """Open the payment."""
        self.ensure_one()
        return self.payment_id.get_formview_action()

    def _open_them(self):
        """Return an action that opens these vouchers, as a form if it is one."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_voucher_action"
        )
        if len(self) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.id}
        return {**action, "domain": [("id", "in", self.ids)]}

    def _print_lang(self):
        return self.company_id.partner_id.lang or self.env.lang

    def _in_words(self):
        currency = self.currency_id
        return amount_in_words(
            exact(currency, self.amount),
            currency.name,
            currency.decimal_places,
            self.env.lang or "en_US",
        )

    def _date_text(self, date):
        return format_date(self.env, date)

    def _signatures(self):
        """Return what each person did, their name and the day, for the print."""
        rows = (
            (self.env._("Prepared by"), self.prepared_by_id, self.prepared_on),
            (self.env._("Checked by"), self.checked_by_id, self.checked_on),
            (self.env._("Approved by"), self.approved_by_id, self.approved_on),
            (self.env._("Paid by"), self.paid_by_id, self.payment_date),
        )
        return [
            (label, user.name, day and self._date_text(day))
            for label, user, day in rows
        ]

    def _register_totals(self):
        """Return rows of status, number of vouchers and total, for each currency."""
        groups = self.grouped(lambda each: (each.currency_id, each.state))
        return [
            (
                vouchers[0]._state_label(),
                len(vouchers),
                amount_text(currency, sum(vouchers.mapped("amount"))),
            )
            for (currency, _state), vouchers in groups.items()
        ]

from odoo import models
from odoo.tools import format_date

from ..mixin.amount import amount_text

SLIP = "invoicing_clerk.action_report_deposit"


class ClerkDeposit(models.Model):
    """The deposit slip, in the language of the company."""

    _inherit = "clerk.deposit"

    def action_print(self):
        """Print the slip."""
        self.check_access("read")
        return self.env.ref(SLIP).report_action(self, config=False)

    def _slip_lang(self):
        return self.company_id.partner_id.lang or self.env.lang

    def _slip_checks(self):
        """Return the checks in the order of their numbers, as rows of the slip."""
        checks = self.payment_ids.filtered("payment_reference")
        return checks.sorted(lambda each: (each.payment_reference.zfill(20), each.id))

    def _slip_cash(self):
        return self.cash_ids.filtered("pieces").sorted("value", reverse=True)

    def _amount_text(self, amount):
        return amount_text(self.currency_id, amount)

    def _date_text(self, date):
        return format_date(self.env, date)

from odoo import models

from ...rules.customer.customer_change import BANK


class AccountBankStatementLine(models.Model):
    """Bank statements, which enter no accounts of those whose changes need approval."""

    _inherit = "account.bank.statement.line"

    def _find_or_create_bank_account(self):
        if self.partner_id._needs_two_people(BANK):
            known = self.env["res.partner.bank"].with_context(active_test=False)
            # As in core, which searches accounts of all companies.
            return known.search(
                [
                    ("acc_number", "=", self.account_number),
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        return super()._find_or_create_bank_account()

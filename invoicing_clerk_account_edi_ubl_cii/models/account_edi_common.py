from odoo import models

from odoo.addons.base.models.res_bank import sanitize_account_number
from odoo.addons.invoicing_clerk.rules.customer.customer_change import BANK


class AccountEdiCommon(models.AbstractModel):
    """Electronic bills, whose account numbers are no approval.

    Core enters or unarchives the accounts that a bill names. Those of vendors and
    customers whose accounts two people change are only found.
    """

    _inherit = "account.edi.common"

    def _import_partner_bank(self, invoice, bank_details):
        vendor = invoice.partner_id
        if vendor._needs_two_people(BANK):
            known = set(vendor.bank_ids.mapped("sanitized_acc_number"))
            bank_details = [
                number
                for number in bank_details
                if sanitize_account_number(number) in known
            ]
        return super()._import_partner_bank(invoice, bank_details)

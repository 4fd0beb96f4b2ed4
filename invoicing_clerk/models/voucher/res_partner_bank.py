from datetime import timedelta

from odoo import fields, models


class ResPartnerBank(models.Model):
    """Bank accounts that are too new to be paid."""

    _inherit = "res.partner.bank"

    def _payable_from(self, days):
        """Return the day from which vouchers are paid to the account, or None."""
        # sudo: a time that is only compared.
        changed = self.sudo().clerk_changed_on
        if not (days and changed):
            return None
        moment = fields.Datetime.context_timestamp(self, changed)
        first = moment.date() + timedelta(days=days)
        return first if first > fields.Date.context_today(self) else None

from odoo import api, models
from odoo.exceptions import AccessError

from ...rules.customer.customer_change import BANK


class ResBank(models.Model):
    """The BIC of a bank, which is part of where its accounts are paid."""

    _inherit = "res.bank"

    def write(self, vals):
        """:raises AccessError: payments to guarded accounts would go to another bank"""
        if "bic" in vals:
            self.filtered(lambda each: each.bic != vals["bic"])._check_guarded_bank()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_guarded(self):
        self._check_guarded_bank()

    def _check_guarded_bank(self):
        """:raises AccessError: an account at the bank is changed by two people"""
        if self and not self.env.su and self._is_guarded():
            raise AccessError(
                self.env._(
                    "%(bank)s is part of bank accounts whose changes need approval. "
                    "Ask an administrator to correct the bank, or propose another "
                    "account on the contact.",
                    bank=", ".join(self.mapped("name")),
                )
            )

    def _is_guarded(self):
        """Return whether an account at the bank is changed by two people."""
        if self.env.user.has_group("base.group_system"):
            return False
        # sudo: only tells whether the bank is in use, whatever company it is in.
        accounts = self.env["res.partner.bank"].sudo()
        users = accounts.search([("bank_id", "in", self.ids)]).partner_id
        return any(each._needs_two_people(BANK) for each in users)

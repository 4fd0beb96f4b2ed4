from datetime import timedelta

from odoo import api, fields, models

from ..mixin.roles import READERS

# What somebody changes to divert a payment.
IDENTITY = frozenset({"acc_holder_name", "acc_number", "bank_id", "partner_id"})


class ResPartnerBank(models.Model):
    """Bank accounts, and the time at which they were entered or changed."""

    _name = "res.partner.bank"
    _inherit = ["clerk.guarded", "res.partner.bank"]
    _guards_computed = False
    _guarded_fields = frozenset({"clerk_changed_on"})
    _checked_fields = _guarded_fields

    clerk_changed_on = fields.Datetime(
        string="Account Changed On",
        readonly=True,
        copy=False,
        groups=READERS,
        help="Date and time of the last change of number, holder, bank or owner.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        accounts = super().create(vals_list)
        accounts._note_change()
        return accounts

    def write(self, vals):
        before = [each._identity() for each in self] if IDENTITY & vals.keys() else []
        done = super().write(vals)
        if before and before != [each._identity() for each in self]:
            self._note_change()
        return done

    def _identity(self):
        return [self[name] for name in sorted(IDENTITY)]

    def _note_change(self):
        # sudo: notes the time of a change that the user was allowed to make.
        self.sudo()._inside().clerk_changed_on = fields.Datetime.now()

    def _payable_from(self, days):
        """Return the day from which vouchers are paid to the account, or None."""
        # sudo: a time that is only compared.
        changed = self.sudo().clerk_changed_on
        if not (days and changed):
            return None
        moment = fields.Datetime.context_timestamp(self, changed)
        first = moment.date() + timedelta(days=days)
        return first if first > fields.Date.context_today(self) else None

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...rules.customer.customer_change import BANK
from ..mixin.roles import READERS
from .res_partner_guard import differs

# What somebody changes to divert a payment.
IDENTITY = frozenset({"acc_holder_name", "acc_number", "bank_id", "partner_id"})
GUARDED = IDENTITY | {"active", "clearing_number", "sanitized_acc_number"}


class ResPartnerBank(models.Model):
    """Bank accounts: when and by whom they were changed, and who may do so.

    Where changes of customers need approval, accounts of customers and vendors are
    entered, changed and archived by `clerk.customer.change` alone, and nobody trusts an
    account that they have entered, changed or proposed.
    """

    _name = "res.partner.bank"
    _inherit = ["clerk.guarded", "res.partner.bank"]
    _guards_computed = False
    _guarded_fields = frozenset({"clerk_changed_on", "clerk_changed_by_id"})
    _checked_fields = _guarded_fields

    clerk_changed_on = fields.Datetime(
        string="Account Changed On",
        readonly=True,
        copy=False,
        groups=READERS,
        help="Date and time of the last change of number, holder, bank or owner.",
    )
    clerk_changed_by_id = fields.Many2one(
        "res.users",
        string="Account Changed By",
        readonly=True,
        copy=False,
        groups=READERS,
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: two people enter accounts of a customer or vendor"""
        accounts = super().create(vals_list)
        if not self._passes_guard():
            accounts._check_proposed()
            accounts.filtered("allow_out_payment")._check_trusted_by_others()
        return accounts

    @api.model
    def _prepare_create_values(self, vals_list):
        """Note who enters accounts and when, also for users who cannot read that."""
        noted = self._change_noted()
        return [{**vals, **noted} for vals in super()._prepare_create_values(vals_list)]

    def write(self, vals):
        """:raises AccessError: two people change accounts of a customer or vendor"""
        named = GUARDED & vals.keys()
        before = [each._identity() for each in self] if named else []
        if not self._passes_guard():
            changed = (
                each
                for each in self
                if any(differs(each, name, vals[name]) for name in named)
            )
            self.browse().union(*changed)._check_proposed()
        done = super().write(vals)
        if before and before != [each._identity() for each in self]:
            self._note_change()
            if not self._passes_guard():
                self._check_proposed()
        if vals.get("allow_out_payment") and not self._passes_guard():
            self._check_trusted_by_others()
        return done

    def _identity(self):
        return [self[name] for name in sorted(IDENTITY)]

    def _note_change(self, moment=None):
        # sudo: notes the time of a change that the user was allowed to make.
        self.sudo()._inside().write(self._change_noted(moment))

    @api.model
    def _change_noted(self, moment=None):
        return {
            "clerk_changed_on": moment or fields.Datetime.now(),
            "clerk_changed_by_id": self.env.uid,
        }

    def _check_proposed(self):
        """:raises AccessError: accounts of these owners are changed by two people"""
        for account in self:
            owner = account.partner_id
            # sudo: only tells whether it is one of our companies.
            if owner._needs_two_people(BANK) and not owner.sudo().ref_company_ids:
                raise AccessError(
                    self.env._(
                        "Changes to bank accounts of %(owner)s require a second "
                        "person's approval (%(number)s). Use Propose a Change on the "
                        "contact.",
                        owner=owner.display_name,
                        number=account.acc_number,
                    )
                )

    def _check_trusted_by_others(self):
        """:raises AccessError: the user has entered, changed or proposed one"""
        if not self.env["res.company"]._companies_with():
            return
        for account in self:
            # sudo: only tells whether it is one of our companies.
            if account.partner_id.sudo().ref_company_ids:
                continue
            if self.env.user in account._authors():
                raise AccessError(
                    self.env._(
                        "You have entered, changed or proposed the bank account "
                        "%(number)s of %(owner)s. Another user must mark it as "
                        "trusted.",
                        number=account.acc_number,
                        owner=account.partner_id.display_name,
                    )
                )

    def _authors(self):
        """Return the users who may not decide that payments go to the account."""
        # sudo: people are only compared.
        lines = self.env["clerk.customer.change.line"].sudo()
        changes = lines.search([("new_account_id", "=", self.id)]).change_id
        if changes:
            return changes.proposed_by_id.sudo(False)
        # sudo: see above.
        return (self.sudo().clerk_changed_by_id or self.create_uid).sudo(False)

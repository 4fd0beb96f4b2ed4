from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.invoicing_clerk.models.mixin.gate import at_least_one

from .account_payment import CHECKS


class ClerkVoucher(models.Model):
    """Vouchers that are paid by check."""

    _inherit = "clerk.voucher"
    _guarded_fields = frozenset({"check_ids"})

    payment_method_code = fields.Char(
        related="payment_method_line_id.code",
        string="Code of the Payment Method",
        exportable=False,
    )
    check_ids = fields.One2many(
        "clerk.check", "voucher_id", string="Checks", readonly=True
    )

    @api.depends("payment_method_line_id")
    def _compute_partner_bank_id(self):
        """Leave the bank account empty: a check needs none."""
        result = super()._compute_partner_bank_id()
        by_check = self.filtered(lambda each: each.payment_method_code == CHECKS)
        by_check.partner_bank_id = False
        return result

    def action_print_checks(self):
        """Open the dialog that prints checks; approved vouchers are paid by that.

        :raises UserError: one is not approved, or not paid by check
        """
        self.env["clerk.check.print"].check_access("create")
        for voucher in at_least_one(self):
            if problem := voucher._check_print_problem():
                raise UserError(problem)
        self.payment_id._check_printable()
        return self.env["clerk.check.print"]._open(self.payment_id, self)

    def _check_print_problem(self):
        """Return why no check can be printed for the voucher, or nothing."""
        if self.payment_method_line_id.code != CHECKS:
            return self.env._(
                "%(voucher)s is not paid by check: its payment method is %(method)s.",
                voucher=self.name,
                method=self.payment_method_line_id.name or self.env._("none"),
            )
        if self.state not in ("approved", "paid"):
            return self.env._(
                "%(voucher)s is %(state)s. Checks are printed for approved vouchers.",
                voucher=self.name,
                state=self._state_label(),
            )
        return None

    def _pay_for_checks(self):
        """Pay the vouchers that are approved, and return the payments of all."""
        if approved := self.filtered(lambda each: each.state == "approved"):
            approved.action_pay()
        return self.payment_id

    def action_open_checks(self):
        """Open the checks that were printed for a voucher."""
        self.ensure_one()
        return self.env["clerk.check"]._open_them(self.check_ids)

    def _void(self, reason, date):
        """Void the check together with the payment."""
        checks = self.payment_id._printed_check()
        result = super()._void(reason, date)
        checks.with_env(self.env)._note_void(reason)
        return result

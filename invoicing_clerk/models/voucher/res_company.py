from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixin.roles import SETTINGS_READERS

THRESHOLDS = (
    "clerk_voucher_two_people",
    "clerk_voucher_three_people",
    "clerk_voucher_four_people",
)


class ResCompany(models.Model):
    """Number of people that a voucher needs, and age of bank accounts to be paid."""

    _inherit = "res.company"

    clerk_voucher_two_people = fields.Monetary(
        string="Two People From",
        default=0.0,
        groups=SETTINGS_READERS,
        help="Vouchers from this amount are approved by somebody who did not prepare "
        "them; 0 for all vouchers.",
    )
    clerk_voucher_three_people = fields.Monetary(
        string="Three People From",
        default=5000.0,
        groups=SETTINGS_READERS,
        help="Vouchers from this amount are prepared, checked and approved by "
        "different people.",
    )
    clerk_voucher_four_people = fields.Monetary(
        string="Four People From",
        default=25000.0,
        groups=SETTINGS_READERS,
        help="Vouchers from this amount are prepared, checked, approved and paid by "
        "different people.",
    )
    clerk_voucher_bank_days = fields.Integer(
        string="New Bank Accounts Wait (Days)",
        default=7,
        groups=SETTINGS_READERS,
        help="A voucher is not paid to a bank account that was entered or changed in "
        "these days, so that there is time to confirm it with the payee.",
    )

    _clerk_voucher_bank_days = models.Constraint(
        "CHECK (clerk_voucher_bank_days BETWEEN 0 AND 365)",
        "The number of days must be between 0 and 365.",
    )

    @api.constrains(*THRESHOLDS)
    def _check_voucher_thresholds(self):
        """:raises ValidationError: more people are needed from a lower amount"""
        for company in self:
            amounts = [company[name] for name in THRESHOLDS]
            if amounts[0] < 0 or amounts != sorted(amounts):
                raise ValidationError(
                    self.env._(
                        "Enter amounts that do not decrease: vouchers need two people "
                        "from the first amount, three from the second and four from "
                        "the third."
                    )
                )

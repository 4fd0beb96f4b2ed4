from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of payment vouchers."""

    _inherit = "res.config.settings"

    clerk_voucher_two_people = fields.Monetary(
        related="company_id.clerk_voucher_two_people", readonly=False
    )
    clerk_voucher_three_people = fields.Monetary(
        related="company_id.clerk_voucher_three_people",
        readonly=False,
    )
    clerk_voucher_four_people = fields.Monetary(
        related="company_id.clerk_voucher_four_people",
        readonly=False,
    )
    clerk_voucher_bank_days = fields.Integer(
        related="company_id.clerk_voucher_bank_days", readonly=False
    )

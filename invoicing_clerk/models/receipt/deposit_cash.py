from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mixin.amount import amount_text


class ClerkDepositCash(models.Model):
    """Notes or coins of one denomination in a deposit."""

    _name = "clerk.deposit.cash"
    _description = "Cash of a Deposit"
    _inherit = ["clerk.guarded"]
    _order = "deposit_id, value desc"
    _final_fields = frozenset({"deposit_id"})

    deposit_id = fields.Many2one(
        "clerk.deposit",
        string="Bank Deposit",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="deposit_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="deposit_id.currency_id")
    value = fields.Monetary(string="Denomination", required=True)
    pieces = fields.Integer(help="Number of notes or coins.")
    amount = fields.Monetary(compute="_compute_amount", store=True)

    _denomination = models.UniqueIndex(
        "(deposit_id, value)", "Each denomination may be entered only once."
    )

    @api.depends("value", "currency_id")
    def _compute_display_name(self):
        for cash in self:
            cash.display_name = amount_text(cash.currency_id, cash.value)

    @api.depends("value", "pieces")
    def _compute_amount(self):
        for cash in self:
            cash.amount = cash.value * cash.pieces

    @api.constrains("value", "pieces")
    def _check_count(self):
        for cash in self:
            if cash.currency_id.compare_amounts(cash.value, 0.0) <= 0:
                raise ValidationError(
                    self.env._("Enter the value of a note or coin, such as 20.")
                )
            if cash.pieces < 0:
                raise ValidationError(
                    self.env._(
                        "The number of notes or coins of %s cannot be negative.",
                        cash.display_name,
                    )
                )

    # Guards

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: the deposit is no longer a draft"""
        rows = super().create(vals_list)
        if not self._passes_guard():
            rows.deposit_id._check_draft()
        return rows

    def write(self, vals):
        """:raises UserError: the deposit is no longer a draft"""
        self._check_guarded(vals)
        if not self._passes_guard():
            self.deposit_id._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self.deposit_id._check_draft()

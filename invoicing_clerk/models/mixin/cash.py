from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ...rules.cash import denominations
from .amount import amount_text


class ClerkCash(models.AbstractModel):
    """Notes or coins of one denomination, counted for another record.

    **How to use**: declare the field of the record in ``_row_of``, and related fields
    ``company_id`` and ``currency_id``. The record inherits ``clerk.drafted``: its cash
    can be changed while it is a draft. ``uncounted`` proposes the rows.
    """

    _name = "clerk.cash"
    _description = "Counted Cash"
    _inherit = ["clerk.drafted.row"]

    currency_id = fields.Many2one("res.currency")
    value = fields.Monetary(string="Denomination", required=True)
    pieces = fields.Integer(help="Number of notes or coins.")
    amount = fields.Monetary(compute="_compute_amount", store=True)

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


def uncounted(currency, rows):
    """Return commands that add the usual notes and coins which rows do not have yet.

    :raises UserError: those of the currency are not known
    """
    usual = [float(value) for value in denominations(currency.name)]
    if not usual:
        raise UserError(
            currency.env._(
                "The notes and coins of %s are not known. Enter them yourself.",
                currency.name,
            )
        )
    entered = rows.mapped("value")
    return [
        Command.create({"value": value})
        for value in usual
        if not any(currency.compare_amounts(value, known) == 0 for known in entered)
    ]

from odoo import fields, models

from ..rules import promise as rules


class PromiseJudging(models.AbstractModel):
    """What became of a promise, told by the ledger."""

    _name = "clerk.promise.judging"
    _description = "Judging of Promises"

    currency_id = fields.Many2one("res.currency")
    state = fields.Selection(
        rules.STATES,
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    amount_due = fields.Monetary(
        string="Still Promised",
        readonly=True,
        copy=False,
        help="What was promised, less what nobody has to pay any more: credit notes, "
        "write-offs, and what had been paid before.",
    )
    amount_received = fields.Monetary(
        string="Received",
        readonly=True,
        copy=False,
        help="Payments of the day on which the promise was given and later, up to its "
        "last day.",
    )
    matched_up_to = fields.Integer(
        readonly=True,
        copy=False,
        help="The last reconciliation there was when the promise was written down.",
    )
    withdrawn_reason = fields.Char(
        string="Why Withdrawn", readonly=True, copy=False, tracking=True
    )

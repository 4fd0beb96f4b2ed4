from odoo import fields, models

from ...rules.promise.promise import STATES


class ClerkPromiseJudgement(models.Model):
    """The outcome of a judgement, logged so that it can be traced later."""

    _name = "clerk.promise.judgement"
    _description = "Judgement of a Promise"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "id desc"
    _rec_name = "state"

    promise_id = fields.Many2one(
        "clerk.promise", required=True, readonly=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="promise_id.company_id", store=True)
    currency_id = fields.Many2one(related="promise_id.currency_id")
    create_date = fields.Datetime(string="Judged On")
    state = fields.Selection(STATES, string="Status", required=True, readonly=True)
    amount_due = fields.Monetary(string="Net Promised", readonly=True)
    amount_received = fields.Monetary(string="Received", readonly=True)

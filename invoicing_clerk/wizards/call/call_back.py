from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkCallBack(models.TransientModel):
    """The dialog that plans a call back, and ends the call if that is its outcome."""

    _name = "clerk.call.back"
    _description = "Call Back"
    _inherit = "clerk.checked"

    call_id = fields.Many2one("clerk.call", required=True)
    planned_on = fields.Datetime(
        string="Call Back At", required=True, default=lambda self: self._in_an_hour()
    )
    user_id = fields.Many2one(
        "res.users",
        string="Assigned To",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    number = fields.Char(
        compute="_compute_number", store=True, readonly=False, precompute=True
    )
    about = fields.Char(help="The subject of the call back.")

    @api.model
    def _in_an_hour(self):
        return fields.Datetime.now().replace(second=0) + timedelta(hours=1)

    @api.depends("call_id")
    def _compute_number(self):
        for back in self:
            back.number = back.call_id.number

    def action_apply(self):
        self.ensure_one()
        call = self.call_id
        call.check_access("write")
        if self.planned_on <= fields.Datetime.now():
            raise UserError(
                self.env._("The time of the call back must be in the future.")
            )
        call._plan(
            [
                call._following_values(
                    planned_on=self.planned_on,
                    user_id=self.user_id.id,
                    number=self.number,
                    next_action=self.about,
                )
            ]
        )
        if call.state == "in_progress" and call.next_step == "call_back":
            call._finish()

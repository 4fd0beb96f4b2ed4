from odoo import fields, models


class ClerkBillingErrorWait(models.TransientModel):
    """Set billing errors to waiting: for whom, for what, and when to remind."""

    _name = "clerk.billing.error.wait"
    _description = "Wait for Information on a Billing Error"
    _inherit = "clerk.checked"

    error_ids = fields.Many2many("clerk.billing.error", required=True)
    waiting_for_id = fields.Many2one(
        "res.partner",
        required=True,
        help="The customer or a colleague.",
    )
    waiting_reason = fields.Char(string="Requested Information", required=True)
    remind_on = fields.Date(help="Schedules an activity for you on this day.")

    def action_apply(self):
        self.ensure_one()
        self.error_ids._take_step(
            "wait",
            waiting_for_id=self.waiting_for_id.id,
            waiting_reason=self.waiting_reason,
        )
        if self.remind_on:
            self.error_ids.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.remind_on,
                summary=self.waiting_reason,
                user_id=self.env.uid,
            )

from odoo import api, models


class MailActivity(models.Model):
    _name = "mail.activity"
    _inherit = ["mail.activity", "clerk.question"]

    @api.model_create_multi
    def create(self, vals_list):
        self._unassign_questions(vals_list)
        activities = super().create(vals_list)
        self.env["clerk.audit.reading.room"]._check_documents(
            (activity.res_model, activity.res_id) for activity in activities
        )
        return activities

    def _action_done(self, feedback=False, attachment_ids=None):
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        self.exists()._tell_askers(feedback)
        return result

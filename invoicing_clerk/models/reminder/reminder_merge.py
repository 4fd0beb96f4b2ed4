from odoo import api, models

from ...rules.statement.statement_delivery import UNDERWAY


class ClerkReminderNotice(models.Model):
    """Reminders of customers who are merged.

    A run that has not been sent is computed again. A reminder on its way is excluded:
    it shows only part of what the remaining customer owes. So does one that failed,
    which could be tried again.
    """

    _inherit = "clerk.reminder.notice"

    @api.model
    def _before_merge(self, sources, target):
        """Prepare reminders for the merge of their customers."""
        customers = sources | target
        # sudo: users who merge contacts may be unable to read these; none is shown.
        notices = self.sudo().search([("partner_id", "in", customers.ids)])
        names = ", ".join(customers.mapped("display_name"))
        for run in notices.run_id.filtered(lambda run: run.state == "computed"):
            run.notice_ids.unlink()
            run._write_step(
                "reset",
                error=self.env._(
                    "%s were merged into one customer. Compute the run again.", names
                ),
            )
        on_their_way = notices.exists().filtered(
            lambda each: (
                each.state == "ready" and each.delivery_state in (*UNDERWAY, "failed")
            )
        )
        on_their_way._cancel_letters()
        on_their_way._leave_out(self.env._("%s were merged into one customer.", names))

from time import monotonic

from odoo import fields, models


class IrCronProgress(models.Model):
    """Duration of the runs of scheduled actions: see `clerk.operation`."""

    _inherit = "ir.cron.progress"

    clerk_seconds = fields.Float(
        string="Duration (s)",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )


class IrCron(models.Model):
    """Scheduled actions whose duration is noted with their progress."""

    _inherit = "ir.cron"

    def _callback(self, cron_name, server_action_id):
        start = monotonic()
        try:
            return super()._callback(cron_name, server_action_id)
        finally:
            # sudo: a number of seconds, with the progress that core has created.
            progress = self.env["ir.cron.progress"].sudo()
            progress = progress.browse(self.env.context.get("ir_cron_progress_id"))
            progress.exists().clerk_seconds = monotonic() - start

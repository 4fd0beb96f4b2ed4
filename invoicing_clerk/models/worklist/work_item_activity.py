from datetime import timedelta

from odoo import api, fields, models

from ...rules.worklist.worklist import UNDO_SECONDS


class ClerkWorkItem(models.Model):
    """What a clerk plans to do about an item, as “call back on Tuesday”.

    Plans end with the item. Steps and refreshes write items past the ORM and a step
    can be undone for a minute, so this is looked after when lists are refreshed.
    """

    _inherit = "clerk.work.item"
    # Nobody writes items; whoever reads one may plan.
    _mail_post_access = "read"

    @api.model
    def _drop_plans_of_closed(self):
        """Remove what was planned for items that are closed for good."""
        settled = fields.Datetime.now() - timedelta(seconds=UNDO_SECONDS)
        # sudo: whoever planned it and whoever closed the item, it has no use now.
        closed = self.sudo()._search(
            [("state", "in", ("done", "left")), ("closed_on", "<", settled)]
        )
        self.env["mail.activity"].sudo().search(
            [("res_model", "=", self._name), ("res_id", "in", closed)]
        ).unlink()

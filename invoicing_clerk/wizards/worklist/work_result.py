from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...models.mixin.gate import only_one
from ...models.mixin.notification import SOFT_RELOAD, notification_action


class ClerkWorkResult(models.TransientModel):
    """The result of a step with many items: how many were done, and why others not."""

    _name = "clerk.work.result"
    _description = "Mass Action Result"
    _inherit = "clerk.checked"

    step = fields.Selection(
        [("claim", "claimed"), ("send", "sent"), ("post", "posted")],
        required=True,
        readonly=True,
    )
    done_count = fields.Integer(string="Done", readonly=True)
    summary = fields.Char(compute="_compute_summary", string="Result")
    line_ids = fields.One2many(
        "clerk.work.result.line", "result_id", string="Not Done", readonly=True
    )

    @api.depends("step", "done_count", "line_ids")
    @api.depends_context("lang")
    def _compute_summary(self):
        for result in self:
            result.summary = self._sentence(
                result.step, result.done_count, len(result.line_ids)
            )

    @api.model
    def _sentence(self, step, done, failed):
        """Return how many items were done and how many not, in words."""
        labels = dict(self._fields["step"]._description_selection(self.env))
        values = {"done": done, "step": labels.get(step, ""), "failed": failed}
        if failed:
            return self.env._("%(done)s %(step)s, %(failed)s not:", **values)
        return self.env._("%(done)s %(step)s.", **values)

    @api.model
    def _show(self, step, done, failures):
        """Show the result of a step.

        :param failures: ``{item: reason}`` for what was not done
        """
        if not failures:
            return notification_action(self._sentence(step, done, 0), then=SOFT_RELOAD)
        result = self.create(
            {
                "step": step,
                "done_count": done,
                "line_ids": [
                    Command.create({"item_id": item.id, "reason": reason})
                    for item, reason in failures.items()
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Result"),
            "res_model": self._name,
            "res_id": result.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _failed_items(self):
        """:raises UserError: everything was done"""
        if items := only_one(self).line_ids.item_id:
            return items
        raise UserError(self.env._("Nothing is left to do here."))

    def action_try_again(self):
        """Take the step again with what was not done."""
        return self._failed_items()._bulk(self.step)

    def action_open_records(self):
        """Open the records that were not done as a list of their own."""
        return self._failed_items().action_open_records()


class ClerkWorkResultLine(models.TransientModel):
    """An item with which a step was not taken, and the reason."""

    _name = "clerk.work.result.line"
    _inherit = "clerk.checked"
    _description = "Item Not Done"
    _order = "id"

    result_id = fields.Many2one(
        "clerk.work.result", string="Mass Action", required=True, ondelete="cascade"
    )
    item_id = fields.Many2one("clerk.work.item", required=True, ondelete="cascade")
    record_name = fields.Char(related="item_id.record_name", string="Record")
    reason = fields.Char(readonly=True)

    def action_open_record(self):
        """Open the record of the item."""
        return only_one(self).item_id.action_open_record()

from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkCloseStep(models.TransientModel):
    """The explanation or reason of a step of a close list or of one of its tasks."""

    _name = "clerk.close.step"
    _description = "Explanation on a Close List"
    _inherit = ["clerk.checked", "clerk.limited"]

    close_id = fields.Many2one("clerk.close", ondelete="cascade")
    task_id = fields.Many2one("clerk.close.task", ondelete="cascade")
    step = fields.Selection(
        [
            ("prepare", "Prepare"),
            ("block", "Block"),
            ("exclude", "Not Applicable"),
            ("return", "Return"),
            ("reopen", "Reopen"),
        ],
        required=True,
    )
    figure_text = fields.Char(string="Left", related="task_id.current_text")
    text = fields.Text(string="Explanation", required=True)

    @api.model
    def _open(self, title, **values):
        """Return the dialog that asks for the text of a step."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def action_apply(self):
        """Take the step with the text.

        :raises UserError: the text is empty or too long, or the step is not available
        """
        self.ensure_one()
        text = self._entered_text("comment", self.text, self.env._("The explanation"))
        if not (self.close_id if self.step == "reopen" else self.task_id):
            raise UserError(self.env._("Select the list or the task first."))
        if self.step == "reopen":
            self.close_id._reopen(text)
        else:
            self.task_id._take_with(self.step, text)
        return {"type": "ir.actions.act_window_close"}

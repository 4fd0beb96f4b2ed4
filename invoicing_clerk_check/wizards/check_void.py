from odoo import api, fields, models

from odoo.addons.invoicing_clerk.models.mixin.gate import at_least_one, only_one


class ClerkCheckVoid(models.TransientModel):
    """Void checks and reverse their payments, with a reason."""

    _name = "clerk.check.void"
    _description = "Void Checks"
    _inherit = "clerk.checked"

    check_ids = fields.Many2many(
        "clerk.check",
        string="Checks",
        required=True,
        default=lambda self: self._default_checks(),
    )
    date = fields.Date(
        string="Date of the Reversal",
        required=True,
        default=fields.Date.context_today,
    )
    reason = fields.Char(required=True, size=200)

    @api.model
    def _default_checks(self):
        context = self.env.context
        if context.get("active_model") != "clerk.check":
            return False
        return context.get("active_ids")

    def action_void(self):
        """Void the checks."""
        at_least_one(only_one(self).check_ids).action_void(self.reason, self.date)
        return {"type": "ir.actions.act_window_close"}

from odoo import api, fields, models


class ClerkKeyFigureAgain(models.TransientModel):
    """The reason why figures that were computed afterwards are computed again."""

    _name = "clerk.key.figure.again"
    _description = "Compute Key Figures Again"
    _inherit = "clerk.checked"

    figure_ids = fields.Many2many(
        "clerk.key.figure",
        required=True,
        default=lambda self: self._default_figures(),
    )
    reason = fields.Char(required=True, size=200)

    @api.model
    def _default_figures(self):
        context = self.env.context
        if context.get("active_model") != "clerk.key.figure":
            return []
        return context.get("active_ids")

    def action_confirm(self):
        """Compute them again."""
        self.ensure_one()
        self.figure_ids._compute_again(self.reason)
        return {"type": "ir.actions.act_window_close"}

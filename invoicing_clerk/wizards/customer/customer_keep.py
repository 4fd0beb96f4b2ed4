from odoo import api, fields, models


class ClerkCustomerKeep(models.TransientModel):
    """The reason why possible duplicates are different customers."""

    _name = "clerk.customer.keep"
    _description = "Not the Same Customer"
    _inherit = "clerk.checked"

    pair_ids = fields.Many2many(
        "clerk.customer.pair",
        string="Pairs",
        required=True,
        default=lambda self: self._default_pairs(),
    )
    reason = fields.Char(required=True, size=200)

    @api.model
    def _default_pairs(self):
        context = self.env.context
        if context.get("active_model") != "clerk.customer.pair":
            return []
        return context.get("active_ids")

    def action_keep(self):
        """Record it."""
        self.pair_ids.action_keep(self.reason)
        return {"type": "ir.actions.act_window_close"}

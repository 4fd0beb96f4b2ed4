from odoo import api, fields, models

from odoo.addons.invoicing_clerk.models.mixin.gate import only_one

from ..rules.renewal import next_end

# Months that are proposed for contracts that do not renew themselves.
MONTHS = 12


class ClerkContractRenewalDecide(models.TransientModel):
    """Enter what became of the renewal of a contract."""

    _name = "clerk.contract.renewal.decide"
    _description = "Decide a Renewal"
    _inherit = "clerk.checked"

    renewal_id = fields.Many2one(
        "clerk.contract.renewal",
        required=True,
        ondelete="cascade",
        default=lambda self: self._default_renewal(),
    )
    has_end = fields.Boolean(related="renewal_id.has_end")
    outcome = fields.Selection(
        [
            ("renewed", "Renewed"),
            ("renegotiated", "Renegotiated"),
            ("ended", "Ended"),
        ],
        required=True,
        default="renewed",
    )
    new_end = fields.Date(
        string="Renewed Until",
        compute="_compute_new_end",
        store=True,
        readonly=False,
    )
    reason = fields.Text()

    @api.model
    def _default_renewal(self):
        context = self.env.context
        if context.get("active_model") != "clerk.contract.renewal":
            return False
        return context.get("active_id")

    @api.depends("renewal_id")
    def _compute_new_end(self):
        for dialog in self:
            renewal = dialog.renewal_id
            months = renewal.contract_id.clerk_term_months or MONTHS
            dialog.new_end = (
                next_end(renewal.end_date, months) if renewal.end_date else False
            )

    def action_decide(self):
        """Enter the decision; a renegotiation opens its price revision."""
        dialog = only_one(self)
        renewal = dialog.renewal_id
        if dialog.outcome == "renewed":
            renewal._renew(dialog.new_end, dialog.reason)
        elif dialog.outcome == "ended":
            renewal._end(dialog.reason)
        else:
            return renewal._renegotiate(dialog.reason).get_formview_action()
        return {"type": "ir.actions.act_window_close"}

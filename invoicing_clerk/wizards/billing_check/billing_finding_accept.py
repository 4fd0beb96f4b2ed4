from odoo import fields, models


class ClerkBillingFindingAccept(models.TransientModel):
    """Accept findings as right, with a reason."""

    _name = "clerk.billing.finding.accept"
    _description = "Accept Findings"
    _inherit = "clerk.checked"

    finding_ids = fields.Many2many("clerk.billing.finding", required=True)
    reason = fields.Char(required=True)
    until = fields.Date(
        help="Leave empty to accept them for as long as their facts are the same.",
    )

    def action_accept(self):
        self.ensure_one()
        self.finding_ids._accept(self.reason, self.until)

from odoo import fields, models


class ClerkAuditRequestClarify(models.TransientModel):
    """Ask for a clarification of the answers to some requests."""

    _name = "clerk.audit.request.clarify"
    _description = "Request Clarification"
    _inherit = "clerk.checked"

    request_ids = fields.Many2many("clerk.audit.request", required=True)
    clarification = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        self.request_ids._clarify(self.clarification)

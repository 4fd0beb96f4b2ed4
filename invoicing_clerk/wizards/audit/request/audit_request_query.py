from odoo import fields, models


class ClerkAuditRequestQuery(models.TransientModel):
    """Says what the answers to some requests leave open."""

    _name = "clerk.audit.request.query"
    _description = "Query the Answer to a Request"

    request_ids = fields.Many2many("clerk.audit.request", required=True)
    question = fields.Text(required=True)

    def action_apply(self):
        self.ensure_one()
        self.request_ids._query(self.question)

from odoo import api, fields, models


class ClerkAuditRequestApply(models.TransientModel):
    """Chooses from the standard list what to ask for in an engagement."""

    _name = "clerk.audit.request.apply"
    _description = "Ask for Standard Requests"

    audit_id = fields.Many2one("clerk.audit", required=True, readonly=True)
    template_ids = fields.Many2many(
        "clerk.audit.request.template",
        compute="_compute_template_ids",
        store=True,
        readonly=False,
        string="Requests",
        help="What the engagement does not ask for yet.",
    )

    @api.depends("audit_id")
    def _compute_template_ids(self):
        templates = self.env["clerk.audit.request.template"].search(
            [("active", "=", True)]
        )
        for dialog in self:
            dialog.template_ids = templates - dialog.audit_id.request_ids.template_id

    def action_apply(self):
        self.ensure_one()
        self.template_ids._apply(self.audit_id)
        return self.audit_id.action_view_requests()

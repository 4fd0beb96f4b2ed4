from odoo import api, fields, models


class ClerkAuditRequestApply(models.TransientModel):
    """Select standard requests for an engagement."""

    _name = "clerk.audit.request.apply"
    _description = "Add Standard Requests"
    _inherit = "clerk.checked"

    audit_id = fields.Many2one("clerk.audit", required=True, readonly=True)
    template_ids = fields.Many2many(
        "clerk.audit.request.template",
        compute="_compute_template_ids",
        store=True,
        readonly=False,
        string="Requests",
        help="Standard requests that the engagement does not have yet.",
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

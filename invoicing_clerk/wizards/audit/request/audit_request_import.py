import base64

from odoo import fields, models

from ....models.mixin.notification import notification_action


class ClerkAuditRequestImport(models.TransientModel):
    """Import a request list from a spreadsheet, all rows or none."""

    _name = "clerk.audit.request.import"
    _description = "Import Audit Requests"
    _inherit = "clerk.checked"

    audit_id = fields.Many2one("clerk.audit", required=True, readonly=True)
    content = fields.Binary(string="Spreadsheet", required=True, attachment=False)
    file_name = fields.Char()

    def action_import(self):
        """Import the requests, and show the list."""
        self.ensure_one()
        added, changed = self.audit_id._import_requests(base64.b64decode(self.content))
        message = self.env._(
            "%(added)s requests added, %(changed)s updated.",
            added=len(added),
            changed=len(changed),
        )
        return notification_action(message, then=self.audit_id.action_view_requests())

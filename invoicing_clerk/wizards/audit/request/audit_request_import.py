import base64

from odoo import fields, models


class ClerkAuditRequestImport(models.TransientModel):
    """Takes a request list over from a spreadsheet, all of it or nothing."""

    _name = "clerk.audit.request.import"
    _description = "Import Audit Requests"

    audit_id = fields.Many2one("clerk.audit", required=True, readonly=True)
    content = fields.Binary(string="Spreadsheet", required=True, attachment=False)
    file_name = fields.Char()

    def action_import(self):
        """Import, and show the list."""
        self.ensure_one()
        added, changed = self.audit_id._import_requests(base64.b64decode(self.content))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(added)s requests added, %(changed)s changed.",
                    added=len(added),
                    changed=len(changed),
                ),
                "next": self.audit_id.action_view_requests(),
            },
        }

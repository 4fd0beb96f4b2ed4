import base64

from odoo import fields, models

from ....models.mixin.notification import notification_action
from ....rules.limits import decoded_size
from ....rules.plural import plural


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
        doubts = []
        encoded = self.with_context(bin_size=False).content
        what = self.file_name or self.env._("The spreadsheet")
        self.env["clerk.limited"]._check_limit("sheet", decoded_size(encoded), what)
        added, changed = self.audit_id._import_requests(
            base64.b64decode(encoded), doubts
        )
        message = plural(
            len(added),
            self.env._(
                "%(added)s request added, %(changed)s updated.",
                added=len(added),
                changed=len(changed),
            ),
            self.env._(
                "%(added)s requests added, %(changed)s updated.",
                added=len(added),
                changed=len(changed),
            ),
        )
        message = "\n".join([message, *doubts])
        return notification_action(message, then=self.audit_id.action_view_requests())

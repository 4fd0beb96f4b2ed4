from odoo import api, fields, models

ACTIONS = [
    ("request", "Requested a Pack"),
    ("download", "Downloaded a Pack"),
    ("verify", "Verified a Pack"),
    ("export", "Exported Records"),
    ("trail", "Changed the Audit Trail"),
]


class ClerkAuditAccess(models.Model):
    """Log of evidence that was requested, downloaded or exported; nobody changes it."""

    _name = "clerk.audit.access"
    _description = "Evidence Access Log"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "id desc"
    _rec_name = "description"

    audit_id = fields.Many2one(
        "clerk.audit", string="Engagement", ondelete="set null", index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, index=True)
    action = fields.Selection(ACTIONS, required=True)
    description = fields.Char(required=True)
    pack_id = fields.Many2one(
        "clerk.audit.pack", ondelete="set null", index="btree_not_null"
    )
    create_date = fields.Datetime(string="Date", readonly=True)

    @api.model
    def _log(self, action, description, audit=None, pack=None):
        """Log an action of the current user; closing the engagement does not matter."""
        company = audit.company_id if audit else self.env.company
        # sudo: nobody may write the log, and writing discloses nothing to the caller.
        return self.sudo().create(
            {
                "audit_id": audit.id if audit else False,
                "company_id": company.id,
                "user_id": self.env.uid,
                "action": action,
                "description": description,
                "pack_id": pack.id if pack else False,
            }
        )

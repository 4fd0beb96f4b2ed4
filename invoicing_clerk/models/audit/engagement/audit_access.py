from odoo import api, fields, models

ACTIONS = [
    ("request", "Asked for a Pack"),
    ("download", "Downloaded a Pack"),
    ("verify", "Verified a Pack"),
    ("export", "Exported Records"),
]


class ClerkAuditAccess(models.Model):
    """Who took what of the books in a reading room, and when. Nobody changes it."""

    _name = "clerk.audit.access"
    _description = "Access to Evidence"
    _order = "id desc"
    _rec_name = "what"

    audit_id = fields.Many2one(
        "clerk.audit", string="Engagement", ondelete="set null", index=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    user_id = fields.Many2one("res.users", string="Who", required=True, index=True)
    action = fields.Selection(ACTIONS, required=True)
    what = fields.Char(required=True)
    pack_id = fields.Many2one(
        "clerk.audit.pack", ondelete="set null", index="btree_not_null"
    )
    create_date = fields.Datetime(string="When", readonly=True)

    @api.model
    def _note(self, action, what, audit=None, pack=None):
        """Keep that the current user did this. It stays when the engagement closes."""
        company = audit.company_id if audit else self.env.company
        # sudo: nobody may write the log, and it tells nothing to who wrote it.
        return self.sudo().create(
            {
                "audit_id": audit.id if audit else False,
                "company_id": company.id,
                "user_id": self.env.uid,
                "action": action,
                "what": what,
                "pack_id": pack.id if pack else False,
            }
        )

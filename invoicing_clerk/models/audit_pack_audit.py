from odoo import api, fields, models


class AuditPackAudit(models.AbstractModel):
    """Evidence packs on the form of their engagement."""

    _name = "clerk.audit.pack.audit"
    _description = "Evidence Packs of an Engagement"

    pack_ids = fields.One2many("clerk.audit.pack", "audit_id", string="Evidence Packs")
    pack_count = fields.Integer(compute="_compute_pack_count")

    @api.depends("pack_ids")
    def _compute_pack_count(self):
        counts = dict(
            self.env["clerk.audit.pack"]._read_group(
                [("audit_id", "in", self.ids)], ["audit_id"], ["__count"]
            )
        )
        for audit in self:
            audit.pack_count = counts.get(audit._origin, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_evidence(self):
        self.pack_ids._unlink_except_proof()

    def action_view_packs(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_pack_action"
        )
        return {
            **action,
            "domain": [("audit_id", "=", self.id)],
            "context": {"default_audit_id": self.id},
        }

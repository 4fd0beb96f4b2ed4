from odoo import api, fields, models


class AuditSampleLink(models.AbstractModel):
    """The samples of an engagement."""

    _name = "clerk.audit.sample.link"
    _description = "Samples of an Engagement"

    sample_ids = fields.One2many("clerk.audit.sample", "audit_id", string="Samples")
    sample_count = fields.Integer(compute="_compute_sample_count")

    @api.depends("sample_ids")
    def _compute_sample_count(self):
        counts = dict(
            self.env["clerk.audit.sample"]._read_group(
                [("audit_id", "in", self.ids)], ["audit_id"], ["__count"]
            )
        )
        for audit in self:
            audit.sample_count = counts.get(audit._origin, 0)

    def action_view_samples(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_sample_action"
        )
        return {
            **action,
            "domain": [("audit_id", "=", self.id)],
            "context": {"default_audit_id": self.id},
        }

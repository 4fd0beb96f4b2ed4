from odoo import api, fields, models


class AuditConfirmationEngagement(models.AbstractModel):
    """The confirmations of an engagement, at hand on it."""

    _name = "clerk.audit.confirmation.engagement"
    _description = "Confirmations of an Engagement"

    confirmation_ids = fields.One2many(
        "clerk.audit.confirmation", "audit_id", string="Letters"
    )
    confirmation_count = fields.Integer(
        string="Confirmations", compute="_compute_confirmation_count"
    )

    @api.depends("confirmation_ids")
    def _compute_confirmation_count(self):
        counts = dict(
            self.env["clerk.audit.confirmation"]._read_group(
                [("audit_id", "in", self.ids)], ["audit_id"], ["__count"]
            )
        )
        for audit in self:
            audit.confirmation_count = counts.get(audit._origin, 0)

    def action_view_confirmations(self):
        """The runs of this engagement; a new one is for it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_confirmation_run_action"
        )
        return {
            **action,
            "domain": [("audit_id", "=", self.id)],
            "context": {"default_audit_id": self.id},
        }

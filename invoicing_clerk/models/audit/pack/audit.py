from odoo import api, fields, models

from ..engagement.audit_summary import Section


class ClerkAudit(models.Model):
    """The evidence packs of an engagement."""

    _inherit = "clerk.audit"

    pack_ids = fields.One2many("clerk.audit.pack", "audit_id", string="Evidence Packs")
    pack_count = fields.Integer(string="Number of Packs", compute="_compute_pack_count")

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
        self.pack_ids._unlink_except_requested()

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

    def _part_sections(self):
        return [*super()._part_sections(), self._pack_section()]

    def _pack_section(self):
        """Return the section about packs for the printed summary, with root hashes."""
        packs = self.pack_ids.filtered(lambda pack: pack.state == "done")
        if not packs:
            return None
        return Section(
            self.env._("Evidence Packs"),
            self.env._("A genuine copy of a pack has the same root hash."),
            [
                self.env._("Pack and Root Hash"),
                self.env._("Invoices"),
                self.env._("Missing"),
            ],
            [
                [f"{pack.name} {pack.root_hash}", pack.item_count, pack.missing_count]
                for pack in packs
            ],
        )

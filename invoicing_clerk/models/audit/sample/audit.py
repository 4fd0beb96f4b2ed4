from odoo import api, fields, models

from ....rules.plural import plural
from ..engagement.audit_summary import Section


class ClerkAudit(models.Model):
    """The samples of an engagement."""

    _inherit = "clerk.audit"

    sample_ids = fields.One2many("clerk.audit.sample", "audit_id", string="Samples")
    sample_count = fields.Integer(
        string="Number of Samples", compute="_compute_sample_count"
    )

    @api.depends("sample_ids")
    def _compute_sample_count(self):
        counts = dict(
            self.env["clerk.audit.sample"]._read_group(
                [("audit_id", "in", self.ids)], ["audit_id"], ["__count"]
            )
        )
        for audit in self:
            audit.sample_count = counts.get(audit._origin, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_drawn_samples(self):
        # sudo: samples count even where the caller cannot see them.
        self.sudo().sample_ids._unlink_except_drawn()

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

    def _part_sections(self):
        return [*super()._part_sections(), self._sample_section()]

    def _sample_section(self):
        """Return the section about samples for the printed summary."""
        drawn = self.sample_ids.filtered(lambda sample: sample.state != "draft")
        if not drawn:
            return None
        evaluated = drawn.filtered(lambda sample: sample.state == "evaluated")
        return Section(
            self.env._("Samples"),
            plural(
                len(drawn),
                self.env._(
                    "%(evaluated)s of %(drawn)s sample is evaluated. Populations not "
                    "accepted: %(rejected)s.",
                    evaluated=len(evaluated),
                    drawn=len(drawn),
                    rejected=len(
                        evaluated.filtered(lambda sample: not sample.is_accepted)
                    ),
                ),
                self.env._(
                    "%(evaluated)s of %(drawn)s samples are evaluated. Populations not "
                    "accepted: %(rejected)s.",
                    evaluated=len(evaluated),
                    drawn=len(drawn),
                    rejected=len(
                        evaluated.filtered(lambda sample: not sample.is_accepted)
                    ),
                ),
            ),
            [
                self.env._("Sample"),
                self.env._("Population"),
                self.env._("Items"),
                self.env._("Exceptions"),
                self.env._("Upper Limit"),
                self.env._("Tolerable"),
                self.env._("Result"),
            ],
            [sample._summary_row() for sample in drawn],
        )

from odoo import api, fields, models
from odoo.tools import formatLang

from ....rules.plural import plural
from ...mixin.amount import amount_text
from ..engagement.audit_summary import Section


class ClerkAudit(models.Model):
    """The confirmation requests of an engagement."""

    _inherit = "clerk.audit"

    confirmation_ids = fields.One2many(
        "clerk.audit.confirmation", "audit_id", string="Confirmation Requests"
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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_released_confirmations(self):
        # sudo: confirmations count even where the caller cannot see them.
        self.sudo().confirmation_ids._unlink_except_released()

    def action_view_confirmations(self):
        """Open the confirmation runs of this engagement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk.clerk_audit_confirmation_run_action"
        )
        return {
            **action,
            "domain": [("audit_id", "=", self.id)],
            "context": {"default_audit_id": self.id},
        }

    def _part_sections(self):
        return [*super()._part_sections(), self._confirmation_section()]

    def _confirmation_section(self):
        """Return the section about released runs for the printed summary."""
        runs = self.env["clerk.audit.confirmation.run"].search(
            [("audit_id", "=", self.id), ("state", "=", "released")]
        )
        if not runs:
            return None
        return Section(
            self.env._("Confirmations"),
            plural(
                sum(runs.mapped("open_count")),
                self.env._(
                    "%(answered)s of %(requested)s customers replied; %(open)s request "
                    "needs follow-up.",
                    answered=sum(runs.mapped("answered_count")),
                    requested=sum(runs.mapped("request_count")),
                    open=sum(runs.mapped("open_count")),
                ),
                self.env._(
                    "%(answered)s of %(requested)s customers replied; %(open)s "
                    "requests need follow-up.",
                    answered=sum(runs.mapped("answered_count")),
                    requested=sum(runs.mapped("request_count")),
                    open=sum(runs.mapped("open_count")),
                ),
            ),
            [
                self.env._("Run"),
                self.env._("Requests"),
                self.env._("Replies"),
                self.env._("Requested (%)"),
                self.env._("Evidence (%)"),
                self.env._("Misstatements"),
            ],
            [
                [
                    run.name,
                    run.request_count,
                    run.answered_count,
                    formatLang(self.env, run.requested_percent, digits=1),
                    formatLang(self.env, run.evidence_percent, digits=1),
                    amount_text(self.currency_id, run.misstated_amount),
                ]
                for run in runs
            ],
        )

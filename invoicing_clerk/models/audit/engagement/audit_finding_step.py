from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.engagement import audit_finding as rules

AUDITOR_FIELDS = {
    "name",
    "condition",
    "criterion",
    "cause",
    "effect",
    "recommendation",
    "amount",
    "follow_up_on",
    "follow_up",
}
RESPONSE_FIELDS = {"answer", "answer_by"}


class ClerkAuditFinding(models.Model):
    """Steps of a finding: auditors report, management responds, auditors follow up.

    `rules.audit.engagement.audit_finding` has the steps, and the side of each.
    """

    _inherit = "clerk.audit.finding"
    _lifecycle = rules.LIFECYCLE
    _state_subtypes = {
        "reported": "subtype_audit_finding_reported",
        "answered": "subtype_audit_finding_answered",
        "closed": "subtype_audit_finding_closed",
    }
    _side_fields = {rules.AUDITOR: AUDITOR_FIELDS, rules.CLERK: RESPONSE_FIELDS}
    _final_fields = frozenset({"audit_id", "res_model", "res_id"})

    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    answer_by = fields.Date(
        string="Remediation Due",
        copy=False,
        help="Date by which management will have corrected it.",
    )
    answered_on = fields.Datetime(string="Response Date", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        "res.users", string="Response By", readonly=True, copy=False
    )
    reported_on = fields.Datetime(readonly=True, copy=False)
    follow_up_on = fields.Date(
        string="Follow-up Date",
        copy=False,
        help="Date on which the auditors will follow up.",
    )
    follow_up = fields.Text(
        string="Follow-up Result", copy=False, help="The result of the follow-up."
    )

    def _check_timing(self, vals):
        """:raises UserError: it was reported, or does not await a response"""
        reported = AUDITOR_FIELDS - {"follow_up_on", "follow_up"}
        for finding in self:
            if vals.keys() & reported and finding.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is reported: withdraw it to change it.",
                        finding.display_name,
                    )
                )
            if vals.keys() & RESPONSE_FIELDS and finding.state != "reported":
                raise UserError(
                    self.env._(
                        "“%s” is not awaiting a management response.",
                        finding.display_name,
                    )
                )

    def _obstacle(self, step, vals):
        if step == "report" and not self.condition:
            return self.env._("Describe the condition first.")
        if step == "answer" and not (self.answer or vals.get("answer")):
            return self.env._("Enter the management response first.")
        if step == "follow_up" and not self.follow_up_on:
            return self.env._("Enter the follow-up date first.")
        followed_up = self.follow_up or self.state != "follow_up"
        if step == "close" and not followed_up:
            return self.env._("Enter the follow-up result first.")
        return None

    def _step_values(self, step):
        now = fields.Datetime.now()
        if step == "report":
            return {"reported_on": now}
        if step == "answer":
            return {"answered_on": now, "answered_by_id": self.env.uid}
        return {}

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if reported := self.filtered(lambda finding: finding.state != "draft"):
            raise UserError(
                self.env._(
                    "“%s” was reported and cannot be deleted. Close it instead.",
                    reported[0].display_name,
                )
            )

    # Actions

    def action_report(self):
        """Report it to billing, which does not see drafts."""
        self._take_step("report")

    def action_withdraw(self):
        self._take_step("withdraw")

    def action_answer(self):
        self._take_step("answer")

    def action_ask_again(self):
        """Ask management for another response."""
        self._take_step("report")

    def action_follow_up(self):
        self._take_step("follow_up")

    def action_close(self):
        self._take_step("close")

from odoo import api, fields, models
from odoo.exceptions import UserError

from ....rules.audit.engagement import audit_finding as rules

FOUND = {
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
ANSWERED = {"answer", "answer_by"}


class ClerkAuditFinding(models.Model):
    """The states of a finding: auditors report it, management answers, auditors follow.

    ``rules.audit_finding.STEPS`` says which steps there are, and whose each is.
    """

    _inherit = "clerk.audit.finding"

    state = fields.Selection(
        rules.STATES,
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    next_states = fields.Json(
        compute="_compute_next_states",
        help="Where whoever looks can take it.",
    )
    answer_by = fields.Date(
        string="Mended By", copy=False, help="When management will have mended it."
    )
    answered_on = fields.Datetime(readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    reported_on = fields.Datetime(readonly=True, copy=False)
    follow_up_on = fields.Date(
        string="Look Again On", copy=False, help="When the auditors look at it again."
    )
    follow_up = fields.Text(
        string="Seen Then", copy=False, help="What the auditors saw when they looked."
    )

    @api.depends("state", "my_sides")
    @api.depends_context("uid")
    def _compute_next_states(self):
        for finding in self:
            finding.next_states = rules.next_states(finding.state, finding.my_sides)

    @api.model
    def _fields_of(self, side):
        return ANSWERED if side == rules.CLERK else FOUND

    @api.model
    def _fields_at_birth(self):
        return super()._fields_at_birth() | {"res_model", "res_id"}

    @api.model
    def _step_side(self, before, after):
        return rules.side_of(before, after)

    def _check_moment(self, vals):
        """What was reported stands, and so does what was answered to it."""
        reported = FOUND - {"follow_up_on", "follow_up"}
        for finding in self:
            if vals.keys() & reported and finding.state != "draft":
                raise UserError(
                    self.env._(
                        "“%s” is reported: take it back to change what it says.",
                        finding.display_name,
                    )
                )
            if vals.keys() & ANSWERED and finding.state != "reported":
                raise UserError(
                    self.env._(
                        "“%s” waits for no answer at this moment.",
                        finding.display_name,
                    )
                )

    def _obstacle(self, new_state, vals):
        if new_state == "reported" and not self.condition:
            return self.env._("say what was found first.")
        if new_state == "answered" and not (self.answer or vals.get("answer")):
            return self.env._("say what management answers first.")
        if new_state == "follow_up" and not self.follow_up_on:
            return self.env._("say when to look again first.")
        looked = self.follow_up or self.state != "follow_up"
        if new_state == "closed" and not looked:
            return self.env._("say what you saw when you looked again first.")
        return None

    def _step_values(self, new_state):
        now, user = fields.Datetime.now(), self.env.uid
        if new_state == "reported":
            return {"reported_on": now}
        if new_state == "answered":
            return {"answered_on": now, "answered_by_id": user}
        return {}

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if told := self.filtered(lambda finding: finding.state != "draft"):
            raise UserError(
                self.env._(
                    "“%s” was reported: close it instead of deleting it.",
                    told[0].display_name,
                )
            )

    # Buttons

    def action_report(self):
        """Tell it to billing, who did not see it before."""
        self._transition("reported")

    def action_withdraw(self):
        self._transition("draft")

    def action_answer(self):
        self._transition("answered")

    def action_ask_again(self):
        """The answer does not do: management is to answer anew."""
        self._transition("reported")

    def action_follow_up(self):
        self._transition("follow_up")

    def action_close(self):
        self._transition("closed")

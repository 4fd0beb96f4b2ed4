from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime, formatLang


class ClerkCorrection(models.Model):
    """Two pairs of eyes: above a limit, somebody else must agree.

    What was proposed and agreed to is kept as it was shown, with who and when.
    """

    _inherit = "clerk.correction"

    approval_required = fields.Boolean(compute="_compute_approval_required")
    approval_reason = fields.Char(compute="_compute_approval_required")
    may_approve = fields.Boolean(compute="_compute_may_approve")
    decision_note = fields.Char(compute="_compute_may_approve")
    edited_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    proposed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    proposed_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    proposed_preview_html = fields.Html(string="As Proposed", readonly=True, copy=False)
    proposed_fingerprint = fields.Char(readonly=True, copy=False)
    proposed_stake = fields.Monetary(
        string="At Stake",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="The larger of what is credited and what is debited, as it was proposed.",
    )
    refusal_reason = fields.Text(readonly=True, copy=False, tracking=True)

    @api.depends("stake", "remedy_id", "company_id")
    @api.depends_context("uid")
    def _compute_approval_required(self):
        limits = self.env["clerk.approval.limit"]
        for correction in self:
            row = limits._governing(
                self.env.user, correction.company_id, correction.remedy_id
            )
            allowed = limits._allows(
                self.env.user,
                correction.company_id,
                correction.remedy_id,
                correction.stake,
            )
            correction.approval_required = not allowed
            correction.approval_reason = not allowed and correction._why_approval(row)

    def _why_approval(self, row):
        shown = formatLang(self.env, self.stake, currency_obj=self.company_currency_id)
        if not row:
            return self.env._(
                "No limit lets %(user)s correct by %(remedy)s alone.",
                user=self.env.user.name,
                remedy=self.remedy_id.name,
            )
        return self.env._(
            "%(stake)s is above the limit that counts for you (%(limit)s).",
            stake=shown,
            limit=row.display_name,
        )

    @api.depends("state", "proposed_by_id")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for correction in self:
            waits = correction.state == "waiting"
            obstacle = waits and correction._approval_obstacle()
            correction.may_approve = waits and not obstacle
            correction.decision_note = correction._say_decision(obstacle)

    def _say_decision(self, obstacle):
        """Say where the proposal stands, and why the user cannot move it on."""
        if self.state == "waiting":
            said = self.env._(
                "Proposed by %(user)s on %(date)s, waits for approval.",
                user=self.proposed_by_id.name,
                date=format_datetime(self.env, self.proposed_on, dt_format="short"),
            )
            return f"{said} {obstacle or ''}".strip()
        if self.state == "approved":
            return self.env._(
                "Approved by %(user)s on %(date)s: it can be applied.",
                user=self.approved_by_id.name,
                date=format_datetime(self.env, self.approved_on, dt_format="short"),
            )
        return False

    def _approval_obstacle(self):
        """Say why the current user may not approve, or return False."""
        self.ensure_one()
        user = self.env.user
        if not user.has_group("invoicing_clerk.group_supervisor"):
            return self.env._("Only a supervisor approves corrections.")
        if user in (self.proposed_by_id, self.edited_by_id):
            return self.env._(
                "%(user)s entered or proposed %(correction)s; somebody else must "
                "approve it.",
                user=user.name,
                correction=self.name,
            )
        if not self.env["clerk.approval.limit"]._allows(
            user, self.company_id, self.remedy_id, self.stake
        ):
            return self.env._(
                "%(stake)s is above your own limit as well; ask somebody whose limit "
                "reaches that far.",
                stake=formatLang(
                    self.env, self.stake, currency_obj=self.company_currency_id
                ),
            )
        return False

    # Steps

    @api.depends("unfit_reason", "approval_required", "may_approve")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _is_offered(self, step):
        if step == "approve":
            return self.may_approve
        if step == "request":
            return self.approval_required and not self.unfit_reason
        if step == "apply":
            needs_approval = self.state == "draft" and self.approval_required
            return not needs_approval and not self.unfit_reason
        return super()._is_offered(step)

    def action_request_approval(self):
        for correction in self:
            correction._check_applicable()
            preview = correction._preview()
            correction._take_step(
                "request",
                proposed_by_id=self.env.uid,
                proposed_on=fields.Datetime.now(),
                proposed_preview_html=correction.preview_html,
                proposed_fingerprint=self._fingerprint(preview),
                proposed_stake=correction.stake,
                refusal_reason=False,
            )
            correction._ask_approvers()
            correction.error_id._correction_proposed()
        return self._notice_of_waiting()

    def _notice_of_waiting(self):
        """Tell the proposer what happens next, and close the dialog."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%s: the supervisors have been asked to approve it.",
                    ", ".join(self.mapped("name")),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _ask_approvers(self):
        """Put an activity on the desk of everybody who may approve."""
        for user in self._approvers():
            self.activity_schedule(
                "invoicing_clerk.mail_activity_type_approval",
                user_id=user.id,
                summary=self.env._(
                    "%(remedy)s on %(document)s, %(stake)s",
                    remedy=self.remedy_id.name,
                    document=self.move_id.name,
                    stake=formatLang(
                        self.env, self.stake, currency_obj=self.company_currency_id
                    ),
                ),
            )

    def _approvers(self):
        """Other supervisors whose limit reaches far enough; without such a one, all."""
        # sudo: who is a supervisor is no secret, and clerks may not read groups.
        supervisors = self.env.ref("invoicing_clerk.group_supervisor").sudo()
        others = supervisors.all_user_ids.filtered(
            lambda user: (
                self.company_id in user.company_ids
                and user.active
                and user not in (self.env.user, self.edited_by_id)
            )
        )
        limits = self.env["clerk.approval.limit"]
        able = others.filtered(
            lambda user: limits._allows(
                user, self.company_id, self.remedy_id, self.stake
            )
        )
        return able or others

    def action_approve(self):
        for correction in self:
            if reason := correction._approval_obstacle():
                raise AccessError(reason)
            if reason := correction._closed_case():
                raise UserError(reason)
            correction._check_unchanged()
            correction._take_step(
                "approve",
                approved_by_id=self.env.uid,
                approved_on=fields.Datetime.now(),
            )
            correction._answer_proposer(self.env._("Approved: apply it."))

    def action_refuse(self, reason=""):
        """Send a proposal back.

        :param reason: told to the proposer, and kept
        :raises AccessError: the user is no supervisor
        :raises UserError: without a reason
        """
        self._check_step("refuse")
        if not (reason or "").strip():
            raise UserError(self.env._("Enter why the correction is refused."))
        for correction in self:
            correction._take_step("refuse", refusal_reason=reason.strip())
            correction._answer_proposer(self.env._("Refused: %s", reason.strip()))

    def action_edit_again(self):
        self._void_approval()

    def _answer_proposer(self, answer):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.proposed_by_id.id,
            summary=answer,
        )
        self.message_post(body=answer)

    def _void_approval(self):
        """Return to draft: what was decided was decided on something else."""
        for correction in self:
            if correction.approved_by_id:
                correction.message_post(
                    body=self.env._(
                        "Changed by %(user)s: the approval of %(approver)s is void.",
                        user=self.env.user.name,
                        approver=correction.approved_by_id.name,
                    )
                )
        self._take_step("edit", approved_by_id=False, approved_on=False)

    def _check_unchanged(self):
        """Refuse to go on with what is no longer what was proposed.

        :raises UserError: the document, its notes or its payments have moved since
        """
        self.ensure_one()
        if self._fingerprint(self._preview()) != self.proposed_fingerprint:
            raise UserError(
                self.env._(
                    "%(document)s has changed since %(correction)s was proposed on "
                    "%(date)s: it would do something else now. Edit it again, look at "
                    "the preview and ask once more.",
                    document=self.move_id.name,
                    correction=self.name,
                    date=fields.Datetime.context_timestamp(self, self.proposed_on),
                )
            )

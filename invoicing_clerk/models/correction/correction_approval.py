from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from ..mixin.gate import only_one
from ..mixin.notification import CLOSE_DIALOG, notification_action
from ..mixin.roles import company_supervisors


class ClerkCorrection(models.Model):
    """Approval by a second person of corrections above a limit.

    The proposal is kept as it was shown, with who proposed and approved it, and when.
    """

    _inherit = "clerk.correction"

    approval_required = fields.Boolean(
        compute="_compute_approval_required",
        exportable=False,
        export_string_translation=False,
    )
    approval_reason = fields.Char(
        compute="_compute_approval_required",
        exportable=False,
        export_string_translation=False,
    )
    may_approve = fields.Boolean(
        compute="_compute_may_approve",
        exportable=False,
        export_string_translation=False,
    )
    decision_note = fields.Char(compute="_compute_may_approve", string="Decision")
    author_ids = fields.Many2many(
        "res.users",
        "clerk_correction_author_rel",
        string="Authors",
        readonly=True,
        copy=False,
        help="Everybody who entered or changed it since it was last approved. They "
        "cannot approve it.",
    )
    proposed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    proposed_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    proposed_preview_html = fields.Html(string="As Proposed", readonly=True, copy=False)
    proposed_fingerprint = fields.Char(
        string="Checksum of Proposal", readonly=True, copy=False
    )
    proposed_stake = fields.Monetary(
        string="At Stake",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="The larger of the amounts credited and debited, as proposed, without "
        "other corrections of the customer.",
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
            correction.approval_reason = not allowed and correction._approval_reason(
                row
            )

    def _approval_reason(self, row):
        if not row:
            return self.env._(
                "%(user)s has no limit for “%(remedy)s”.",
                user=self.env.user.name,
                remedy=self.remedy_id.name,
            )
        return self.env._(
            "%(stake)s is above the limit that applies to you (%(limit)s).",
            stake=self._stake_text(),
            limit=row.display_name,
        )

    @api.depends("state", "proposed_by_id")
    @api.depends_context("uid")
    def _compute_may_approve(self):
        for correction in self:
            waits = correction.state == "waiting"
            obstacle = waits and correction._approval_obstacle()
            correction.may_approve = waits and not obstacle
            correction.decision_note = correction._decision_note(obstacle)

    def _decision_note(self, obstacle):
        """Return who proposed or approved it, and why the user cannot approve it."""
        if self.state == "waiting":
            proposal = self.env._(
                "Proposed by %(user)s on %(date)s, waiting for approval.",
                user=self.proposed_by_id.name,
                date=format_datetime(self.env, self.proposed_on, dt_format="short"),
            )
            return f"{proposal} {obstacle or ''}".strip()
        if self.state == "approved":
            return self.env._(
                "Approved by %(user)s on %(date)s: it can be applied now.",
                user=self.approved_by_id.name,
                date=format_datetime(self.env, self.approved_on, dt_format="short"),
            )
        return False

    def _approval_obstacle(self):
        """Return why the current user cannot approve, or False."""
        self.ensure_one()
        user = self.env.user
        if not user.has_group("invoicing_clerk.group_supervisor"):
            return self.env._("Only supervisors can approve corrections.")
        if user in self.proposed_by_id | self.author_ids:
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
                "%(stake)s is above your own limit as well; ask somebody with a higher "
                "limit.",
                stake=self._stake_text(),
            )
        return False

    # Steps

    @api.depends("preview", "is_stale", "is_confirmed", "blocked_reason")
    @api.depends("unfit_reason", "approval_required", "may_approve")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _is_offered(self, step):
        if step == "approve":
            return self.may_approve
        if step == "request":
            return self.approval_required and self._is_possible()
        if step == "apply":
            needs_approval = self.state == "draft" and self.approval_required
            return not needs_approval and self._is_possible()
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
                proposed_fingerprint=correction._fingerprint(preview),
                proposed_stake=correction.own_stake,
                refusal_reason=False,
            )
            correction._ask_approvers()
            correction.error_id._correction_proposed()
        return self._waiting_notification()

    def _waiting_notification(self):
        """Tell the proposer what happens next, and close the dialog."""
        return notification_action(
            self.env._(
                "%s: the supervisors have been asked to approve it.",
                ", ".join(self.mapped("name")),
            ),
            then=CLOSE_DIALOG,
        )

    def _ask_approvers(self):
        """Schedule an activity for everybody who may approve."""
        for user in self._approvers():
            self.activity_schedule(
                "invoicing_clerk.mail_activity_type_approval",
                user_id=user.id,
                summary=self.env._(
                    "%(remedy)s on %(document)s, %(stake)s",
                    remedy=self.remedy_id.name,
                    document=self.move_id.name,
                    stake=self._stake_text(),
                ),
            )

    def _approvers(self):
        """Return the other supervisors with a sufficient limit, or else all."""
        # sudo: clerks cannot read groups; only users are returned, who are no secret.
        people = company_supervisors(self.company_id.sudo())
        others = people - self.env.user - self.author_ids
        limits = self.env["clerk.approval.limit"]
        recent = self._open_and_recent(others)
        able = others.filtered(
            lambda user: limits._allows(
                user,
                self.company_id,
                self.remedy_id,
                self._with_others(self._adding(recent, user)),
            )
        )
        return able or others

    def action_approve(self):
        """Approve corrections that others proposed; offer the next one after one."""
        self._approve(self.env._("Approved: you can apply it now."))
        if len(self) == 1 and self._has_next():
            return self._offer_next(self.env._("%s is approved.", self.name))
        return None

    def action_approve_and_apply(self):
        """Approve a correction that somebody else proposed, and make its documents.

        :raises AccessError: the user cannot approve it
        :raises UserError: it is out of date, or no longer fits the ledger; nothing is
            changed
        """
        only_one(self)
        self._approve(self.env._("Approved and applied."))
        documents = self.action_apply()
        if self._has_next():
            return self._offer_next(
                self.env._("%s is approved and applied.", self.name)
            )
        return documents

    def _approve(self, answer):
        """Approve corrections, and tell their proposers.

        :raises AccessError: the user cannot approve one of them
        """
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
            correction._answer_proposer(answer)

    def action_refuse(self, reason=""):
        """Send a proposal back to whoever proposed it.

        :param reason: shown to the proposer, and kept
        :raises AccessError: the user is not a supervisor
        :raises UserError: no reason is given
        """
        self._check_step("refuse")
        self._check_values_of(self, {"refusal_reason": reason})
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter why the correction is refused."))
        for correction in self:
            correction._take_step("refuse", refusal_reason=reason)
            correction._answer_proposer(self.env._("Refused: %s", reason))

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
        """Return to draft, because the approval was given for something else."""
        approved = self.filtered(lambda each: each.state == "approved")
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
        # What was approved has been seen by somebody else; from now on others count.
        approved._inside().author_ids = self.env.user

    def _add_author(self):
        """Remember that the user changed what somebody else must approve."""
        new = self.filtered(lambda each: self.env.user not in each.author_ids)
        new._inside().author_ids = [fields.Command.link(self.env.uid)]

    def _check_unchanged(self, fingerprint=None):
        """Refuse to continue with a proposal that is out of date.

        :param fingerprint: of what was proposed, if not the last proposal
        :raises UserError: the document, its notes or its payments have moved since
        """
        self.ensure_one()
        proposed = fingerprint or self.proposed_fingerprint
        if self._fingerprint(self._preview()) != proposed:
            raise UserError(
                self.env._(
                    "%(document)s has changed since %(correction)s was proposed on "
                    "%(date)s, and the preview is out of date. Edit the correction, "
                    "check the preview and ask for approval again.",
                    document=self.move_id.name,
                    correction=self.name,
                    date=format_datetime(self.env, self.proposed_on, dt_format="short"),
                )
            )

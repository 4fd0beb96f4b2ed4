from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..mixin.gate import only_one
from ..mixin.notification import CLOSE_DIALOG, notification_action


class ClerkCorrection(models.Model):
    """Approval by a second person of corrections above a limit.

    The proposal is kept as it was shown, with who proposed and approved it, and when.
    """

    _inherit = "clerk.correction"

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

    @api.depends("remedy_id")
    def _compute_approval_required(self):
        return super()._compute_approval_required()

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

    def _involved(self):
        return super()._involved() | self.author_ids

    def _remedies(self):
        return self.remedy_id

    # Steps

    @api.depends(
        *("preview", "is_stale", "is_confirmed", "blocked_reason"),
        *("unfit_reason", "approval_required", "may_approve"),
    )
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
            correction._propose(
                proposed_preview_html=correction.preview_html,
                proposed_fingerprint=correction._fingerprint(preview),
                proposed_stake=correction.own_stake,
            )
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

    def _proposal_text(self):
        return self.env._(
            "%(remedy)s on %(document)s, %(stake)s",
            remedy=self.remedy_id.name,
            document=self.move_id.name,
            stake=self._stake_text(),
        )

    def _within_limit(self, users):
        """Return those who may approve it with what counts against each of them."""
        limits, recent = self.env["clerk.approval.limit"], self._open_and_recent(users)
        return users.filtered(
            lambda user: limits._allows(
                user,
                self.company_id,
                self.remedy_id,
                self._with_others(self._adding(recent, user)),
            )
        )

    def action_approve(self):
        """Approve corrections that others proposed; offer the next one after one."""
        super().action_approve()
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

    def _check_approvable(self):
        result = super()._check_approvable()
        if reason := self._closed_case():
            raise UserError(reason)
        self._check_unchanged()
        return result

    def action_edit_again(self):
        self._void_approval()

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

    def _check_unchanged(self, fingerprint=None, preview=None):
        """Refuse to continue with a proposal that is out of date.

        :param fingerprint: of what was proposed, if not the last proposal
        :param preview: of the correction, if it was just computed
        :raises UserError: the document, its notes or its payments have moved since
        """
        self.ensure_one()
        proposed = fingerprint or self.proposed_fingerprint
        if self._fingerprint(preview or self._preview()) != proposed:
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

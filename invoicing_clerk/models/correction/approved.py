from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..mixin.amount import amount_text
from ..mixin.roles import company_supervisors


class ClerkApproved(models.AbstractModel):
    """Records that a second person approves, where their stake is above a limit.

    Who proposed, approved or refused them, and when, is kept. Nobody approves what they
    had a hand in, or what is above their own limit.

    **How to use**

    1. Declare the steps ``request``, ``approve``, ``refuse`` and ``edit``, and the
       status ``waiting`` between the first two. Inherit ``mail.activity.mixin`` too.
    2. Define ``company_id``, ``company_currency_id``, and ``stake``: the amount that
       limits are compared with.
    3. Hooks: ``_involved`` (people who cannot approve), ``_remedies`` (whose limits
       apply), ``_stake_text`` (the amount in words), ``_check_approvable`` (what else
       must be true), ``_proposal_text`` (what approvers are asked).
    4. ``action_request_approval`` calls ``_propose`` with what is written along with
       it.
    """

    _name = "clerk.approved"
    _description = "Approval"
    _inherit = ["clerk.lifecycle", "clerk.thread"]
    _guarded_fields = frozenset(
        {
            "proposed_by_id",
            "proposed_on",
            "approved_by_id",
            "approved_on",
            "refusal_reason",
        }
    )

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
    proposed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    proposed_on = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    refusal_reason = fields.Text(readonly=True, copy=False, tracking=True)

    # For models to extend

    def _involved(self):
        """Return everybody who entered, changed or proposed it."""
        return self.proposed_by_id

    def _remedies(self):
        """Return the remedies whose limits apply."""
        return self.env["clerk.remedy"]

    def _stake_text(self):
        """Return the amount at stake in words."""
        return amount_text(self.company_currency_id, self.stake)

    def _proposal_text(self):
        """Return what approvers are asked to approve."""
        return self.env._(
            "%(record)s: %(stake)s", record=self.display_name, stake=self._stake_text()
        )

    def _check_approvable(self):
        """:raises UserError: something else than limits stands in the way"""

    # Limits

    @api.depends("stake", "company_id")
    @api.depends_context("uid")
    def _compute_approval_required(self):
        for record in self:
            refused = record._beyond_limit(self.env.user)
            record.approval_required = bool(refused)
            reason = record._approval_reason(refused) if refused else False
            record.approval_reason = reason

    def _beyond_limit(self, user):
        """Return the first remedy that a user may not apply alone, or none."""
        limits = self.env["clerk.approval.limit"]
        for remedy in self._remedies():
            if not limits._allows(user, self.company_id, remedy, self.stake):
                return remedy
        return self.env["clerk.remedy"]

    def _approval_reason(self, remedy):
        """Return why the current user may not apply it without approval."""
        user = self.env.user
        row = self.env["clerk.approval.limit"]._governing(user, self.company_id, remedy)
        if not row:
            return self.env._(
                "%(user)s has no limit for “%(remedy)s”.",
                user=user.name,
                remedy=remedy.name,
            )
        return self.env._(
            "%(stake)s is above the limit that applies to you (%(limit)s).",
            stake=self._stake_text(),
            limit=row.display_name,
        )

    def _approval_obstacle(self):
        """Return why the current user cannot approve, or False."""
        self.ensure_one()
        user = self.env.user
        if not user.has_group("invoicing_clerk.group_supervisor"):
            return self.env._("Only supervisors can approve %s.", self.display_name)
        if user in self._involved():
            return self.env._(
                "%(user)s entered or proposed %(record)s; somebody else must approve "
                "it.",
                user=user.name,
                record=self.display_name,
            )
        if self._beyond_limit(user):
            return self.env._(
                "%(stake)s is above your own limit as well; ask somebody with a higher "
                "limit.",
                stake=self._stake_text(),
            )
        return False

    # Steps

    def _write_step(self, step, **values):
        """Take a step, and close the activities that asked for it."""
        done = super()._write_step(step, **values)
        self.activity_unlink(
            [
                "invoicing_clerk.mail_activity_type_approval",
                "mail.mail_activity_data_todo",
            ]
        )
        return done

    def _propose(self, **values):
        """Ask the supervisors to approve it.

        :param values: written along with the step
        """
        self.ensure_one()
        self._take_step(
            "request",
            proposed_by_id=self.env.uid,
            proposed_on=fields.Datetime.now(),
            refusal_reason=False,
            **values,
        )
        self._ask_approvers()

    def _ask_approvers(self):
        """Schedule an activity for everybody who may approve."""
        for user in self._approvers():
            self.activity_schedule(
                "invoicing_clerk.mail_activity_type_approval",
                user_id=user.id,
                summary=self._proposal_text(),
            )

    def _approvers(self):
        """Return the other supervisors with a sufficient limit, or else all."""
        # sudo: clerks cannot read groups; only users are returned, who are no secret.
        people = company_supervisors(self.company_id.sudo())
        others = people - self.env.user - self._involved()
        return self._within_limit(others) or others

    def _within_limit(self, users):
        """Return those of the users who may approve by their limits."""
        return users.filtered(lambda user: not self._beyond_limit(user))

    def action_approve(self):
        """Approve what others proposed.

        :raises AccessError: the user cannot approve one of them
        """
        self._approve(self.env._("Approved: you can apply it now."))

    def _approve(self, answer):
        """Approve these, and tell their proposers.

        :raises AccessError: the user cannot approve one of them
        """
        for record in self:
            if reason := record._approval_obstacle():
                raise AccessError(reason)
            record._check_approvable()
            record._take_step(
                "approve",
                approved_by_id=self.env.uid,
                approved_on=fields.Datetime.now(),
            )
            record._answer_proposer(answer)

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
            raise UserError(self.env._("Enter why you refuse %s.", self._enumerate()))
        for record in self:
            record._take_step("refuse", refusal_reason=reason)
            record._answer_proposer(self.env._("Refused: %s", reason))

    def _answer_proposer(self, answer):
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.proposed_by_id.id,
            summary=answer,
        )
        self.message_post(body=answer)

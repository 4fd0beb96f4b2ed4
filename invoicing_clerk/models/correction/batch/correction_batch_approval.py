from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...mixin.amount import amount_text
from ...mixin.roles import company_supervisors


class ClerkCorrectionBatch(models.Model):
    """Approval of a batch by a second person: the whole batch is at stake."""

    _inherit = "clerk.correction.batch"

    stake = fields.Monetary(
        compute="_compute_stake",
        currency_field="company_currency_id",
        string="Amount at Stake",
        help="The amount that limits are compared with, in company currency: of all "
        "corrections of the batch, and of other open and recent corrections of the "
        "same customers by the same people.",
    )
    approval_required = fields.Boolean(
        compute="_compute_approval_required", exportable=False
    )
    approval_note = fields.Char(
        string="Approval", compute="_compute_approval_required", exportable=False
    )
    requested_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    requested_on = fields.Datetime(readonly=True, copy=False)
    requested_stake = fields.Monetary(
        string="At Stake When Requested",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
    )
    approved_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    approved_on = fields.Datetime(readonly=True, copy=False)
    refusal_reason = fields.Text(readonly=True, copy=False, tracking=True)

    @api.depends("state", "item_ids.state")
    @api.depends_context("uid")
    def _compute_stake(self):
        sums = self._own_stakes()
        for batch in self:
            own = sums.get(batch._origin.id, 0.0)
            # What changes nothing is not made larger by others.
            batch.stake = own and batch.company_currency_id.round(
                own + sum(batch._others().mapped("counted_stake"))
            )

    def _own_stakes(self):
        """Return what the corrections of batches come to, by id of the batch."""
        groups = self.env["clerk.correction.batch.item"]._read_group(
            [("batch_id", "in", self.ids), ("state", "not in", ("right", "unfit"))],
            ["batch_id"],
            ["stake:sum"],
        )
        return {batch.id: stake for batch, stake in groups}

    def _others(self):
        """Return corrections that add up with those that the batch counts.

        One that it left out adds up as well, once somebody makes it fit.
        """
        one_each = self.env["clerk.correction"].union(
            *(group[0] for group in self._corrections().grouped("partner_id").values())
        )
        others = one_each._open_and_recent()
        adding = (each._adding(others, self.env.user) for each in one_each)
        return one_each.browse().union(*adding) - self._corrections()

    def _corrections(self):
        return self.item_ids.filtered(
            lambda each: each.state not in ("right", "unfit")
        ).correction_id

    def _people(self):
        """Return everybody who had a hand in it."""
        return self.author_ids | self.requested_by_id | self._corrections().author_ids

    @api.depends("stake")
    @api.depends_context("uid")
    def _compute_approval_required(self):
        limits = self.env["clerk.approval.limit"]
        for batch in self:
            refused = batch._beyond_limit(self.env.user)
            batch.approval_required = bool(refused)
            row = limits._governing(self.env.user, batch.company_id, refused)
            batch.approval_note = refused and self.env._(
                "%(stake)s for %(remedy)s is above the limit that applies to you "
                "(%(limit)s).",
                stake=batch._stake_text(),
                remedy=refused.name,
                limit=row.display_name or self.env._("none"),
            )

    def _beyond_limit(self, user):
        """Return the first remedy of the batch that a user may not apply alone."""
        limits = self.env["clerk.approval.limit"]
        for remedy in self._corrections().remedy_id:
            if not limits._allows(user, self.company_id, remedy, self.stake):
                return remedy
        return self.env["clerk.remedy"]

    def _lacks_approval(self):
        return not self.approved_by_id and self.approval_required

    def _stake_text(self):
        return amount_text(self.company_currency_id, self.stake)

    # Steps

    @api.depends("approval_required", "approved_by_id", "item_ids.state")
    def _compute_allowed_actions(self):
        return super()._compute_allowed_actions()

    def _is_offered(self, step):
        if step == "request":
            return self.approval_required
        if step == "apply":
            return bool(self._corrections()) and not self._lacks_approval()
        if step == "approve":
            return not self._approval_obstacle()
        if step == "retry":
            failed = "failed" in self.item_ids.mapped("state")
            return failed and not self._lacks_approval()
        return super()._is_offered(step)

    def _obstacle(self, step, vals):
        if step in ("request", "apply") and not self._corrections():
            return self.env._("There is nothing to correct.")
        if step in ("apply", "retry") and self._lacks_approval():
            return self.approval_note
        return super()._obstacle(step, vals)

    def _approval_obstacle(self):
        """Return why the current user cannot approve, or False."""
        self.ensure_one()
        user = self.env.user
        if not user.has_group("invoicing_clerk.group_supervisor"):
            return self.env._("Only supervisors can approve corrections.")
        if user in self._people():
            return self.env._(
                "%(user)s entered or proposed %(batch)s; somebody else must "
                "approve it.",
                user=user.name,
                batch=self.name,
            )
        if self._beyond_limit(user):
            return self.env._(
                "%(stake)s is above your own limit as well; ask somebody with a higher "
                "limit.",
                stake=self._stake_text(),
            )
        return False

    def action_request_approval(self):
        """Ask the supervisors to approve the whole batch."""
        for batch in self:
            batch._take_step(
                "request",
                requested_by_id=self.env.uid,
                requested_on=fields.Datetime.now(),
                requested_stake=batch.stake,
                refusal_reason=False,
            )
            batch._ask_approvers()

    def _ask_approvers(self):
        people = company_supervisors(self.company_id) - self._people()
        able = people.filtered(lambda user: not self._beyond_limit(user))
        for user in able or people:
            self.activity_schedule(
                "invoicing_clerk.mail_activity_type_approval",
                user_id=user.id,
                summary=self.env._(
                    "%(batch)s: %(stake)s", batch=self.name, stake=self._stake_text()
                ),
            )

    def action_approve(self):
        """Approve batches that others prepared.

        :raises AccessError: the user cannot approve one of them
        """
        for batch in self:
            if reason := batch._approval_obstacle():
                raise AccessError(reason)
            batch._take_step(
                "approve",
                approved_by_id=self.env.uid,
                approved_on=fields.Datetime.now(),
            )
            batch._answer(self.env._("Approved: you can apply it now."))

    def action_refuse(self, reason=""):
        """Send a batch back to whoever requested its approval.

        :param reason: shown to the clerk, and kept
        :raises UserError: no reason is given
        """
        self._check_step("refuse")
        self._check_values_of(self, {"refusal_reason": reason})
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Enter why the batch is refused."))
        for batch in self:
            batch._take_step("refuse", refusal_reason=reason)
            batch._answer(self.env._("Refused: %s", reason))

    def _answer(self, answer):
        self.activity_unlink(["invoicing_clerk.mail_activity_type_approval"])
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=self.requested_by_id.id,
            summary=answer,
        )
        self.message_post(body=answer)

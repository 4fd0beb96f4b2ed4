from odoo import api, fields, models


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
    proposed_stake = fields.Monetary(
        string="At Stake When Proposed",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
    )

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

    def _involved(self):
        return super()._involved() | self.author_ids | self._corrections().author_ids

    def _remedies(self):
        return self._corrections().remedy_id

    def _lacks_approval(self):
        return not self.approved_by_id and self.approval_required

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
            return self.approval_reason
        return super()._obstacle(step, vals)

    def action_request_approval(self):
        """Ask the supervisors to approve the whole batch."""
        for batch in self:
            batch._propose(proposed_stake=batch.stake)

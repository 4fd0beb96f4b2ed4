from odoo import api, fields, models


class ClerkCorrection(models.Model):
    """Corrections of a batch: what is at stake is the whole batch."""

    _inherit = "clerk.correction"
    _guarded_fields = frozenset({"batch_id"})

    batch_id = fields.Many2one(
        "clerk.correction.batch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.depends("batch_id.stake")
    def _compute_stake(self):
        # Not one by one: a batch counts as one correction.
        in_batch = self.filtered(
            lambda each: each.batch_id and each.state not in ("applied", "cancelled")
        )
        for correction in in_batch:
            correction.stake = correction.batch_id.stake
            correction.stake_note = self.env._(
                "all corrections of %s", correction.batch_id.name
            )
        return super(ClerkCorrection, self - in_batch)._compute_stake()

    @api.depends("batch_id")
    def _compute_counted_stake(self):
        # As its batch shows it: the previews of a large batch are not computed again.
        in_batch = self.filtered("batch_id")
        for correction in in_batch:
            correction.counted_stake = correction.proposed_stake
        return super(ClerkCorrection, self - in_batch)._compute_counted_stake()

    def _without_beyond_limits(self):
        in_batch = self.filtered("batch_id")
        return (
            super(ClerkCorrection, self - in_batch)._without_beyond_limits() | in_batch
        )

    def _propose_in_batch(self, preview):
        """Keep the proposal as its batch shows it to whoever approves the batch."""
        self._inside().write(
            {
                "proposed_preview_html": self.preview_html,
                "proposed_fingerprint": self._fingerprint(preview),
                "proposed_on": fields.Datetime.now(),
                "proposed_stake": preview["stake"],
            }
        )

    def _apply_of_batch(self, batch):
        """Apply what the batch decided on.

        :raises UserError: it has changed since it was prepared, or cannot be applied
        """
        self._lock()
        self._check_step("apply")
        self._check_unchanged()
        self._check_applicable()
        self._inside().write(
            {
                "proposed_by_id": (batch.requested_by_id or batch.user_id).id,
                "approved_by_id": batch.approved_by_id.id,
                "approved_on": batch.approved_on,
            }
        )
        self._apply()

from odoo import api, fields, models


class ClerkCorrection(models.Model):
    """Corrections of a batch: the whole batch is at stake, or more if one is larger.

    Those that a clerk changes or applies alone are judged by the larger of both: the
    batch counts what it was prepared with.
    """

    _inherit = "clerk.correction"
    _guarded_fields = frozenset({"batch_id", "changed_in_batch"})

    batch_id = fields.Many2one(
        "clerk.correction.batch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    changed_in_batch = fields.Boolean(
        string="Changed since Prepared",
        readonly=True,
        copy=False,
        help="Somebody changed it after the batch had prepared it.",
    )

    @api.depends("batch_id.stake")
    def _compute_stake(self):
        return super()._compute_stake()

    def _with_others(self, adding):
        return max(super()._with_others(adding), self.batch_id.stake)

    def _explain_stake(self, adding):
        if self.batch_id and self.stake > self._own_with_others(adding):
            return self.env._("all corrections of %s", self.batch_id.name)
        return super()._explain_stake(adding)

    @api.depends("batch_id", "changed_in_batch")
    def _compute_counted_stake(self):
        # As its batch shows it: the previews of a large batch are not computed again.
        as_prepared = self.filtered(
            lambda each: each.batch_id and not each.changed_in_batch
        )
        for correction in as_prepared:
            correction.counted_stake = correction.proposed_stake
        return super(ClerkCorrection, self - as_prepared)._compute_counted_stake()

    def _content_changed(self):
        result = super()._content_changed()
        if not self._is_inside():
            changed = self.filtered(
                lambda each: each.batch_id and not each.changed_in_batch
            )
            changed._inside().changed_in_batch = True
        return result

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

    def _apply_of_batch(self, batch, fingerprints):
        """Apply what the batch decided on.

        :param fingerprints: of what the batch prepared, by correction; that of the
            correction changes when its approval is requested alone
        :raises UserError: one has changed since it was prepared, or cannot be applied
        """
        self._lock()
        self._check_step("apply")
        for correction in self:
            preview = correction._preview()
            correction._check_unchanged(fingerprints[correction], preview)
            correction._check_applicable(preview)
        self._inside().write(
            {
                "proposed_by_id": (batch.proposed_by_id or batch.user_id).id,
                "approved_by_id": batch.approved_by_id.id,
                "approved_on": batch.approved_on,
            }
        )
        self._apply()

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....rules.audit.sample import sampling as rules
from ...mixin.notification import notification_action


class ClerkAuditSample(models.Model):
    """The steps of a sample: draw, record, evaluate, and back.

    ``rules.LIFECYCLE`` declares in which state each step is available.
    """

    _inherit = "clerk.audit.sample"

    state = fields.Selection(
        rules.STATES,
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )

    def _check_step_access(self):
        self._check_audit_open()
        return super()._check_step_access()

    def _follow_items(self):
        """Become recorded with the last item, and drawn again if one is reopened."""
        # sudo: who may write an item moves its sample on; people cannot write states.
        samples = self.sudo()
        open_samples = samples.filtered(
            lambda sample: sample.recorded_count < sample.item_count
        )
        open_samples.filtered(lambda sample: sample.state == "recorded")._write_step(
            "record", state="selected"
        )
        (samples - open_samples).filtered(
            lambda sample: sample.state == "selected"
        )._write_step("record", state="recorded")

    def _keep_from_steps(self):
        """Lock against steps, not against others who record as well.

        A result that is being recorded waits for an evaluation in progress, and is
        then refused.
        """
        if self:
            self.env.execute_query(
                SQL(
                    "SELECT id FROM %s WHERE id IN %s FOR SHARE",
                    SQL.identifier(self._table),
                    self._ids,
                )
            )

    def action_draw(self):
        """Draw the items; the plan cannot be changed after that.

        :raises UserError: the plan or the population allows no sample, or is not
            complete; nothing is drawn
        """
        self._begin_step("draw")
        for sample in self:
            sample._draw()

    def action_preview(self):
        """Show how many items this plan would draw, and draw nothing.

        :raises UserError: the plan or the population allows no sample
        """
        self.ensure_one()
        self.check_access("write")
        self._check_step("draw")
        return notification_action(
            self._preview(), "info", title=self.name, sticky=True
        )

    def action_reset(self):
        """Return to the plan, as long as no item has been examined.

        :raises UserError: results are recorded
        """
        self._begin_step("reset")
        for sample in self:
            if sample.recorded_count:
                raise UserError(
                    self.env._(
                        "%(sample)s: %(count)s results are recorded, so the sample "
                        "cannot be discarded. Duplicate it to draw another one.",
                        sample=sample.name,
                        count=sample.recorded_count,
                    )
                )
            sample.message_post(
                body=self.env._(
                    "The sample drawn with seed %(seed)s was discarded.",
                    seed=sample.seed,
                )
            )
            sample._discard_drawing()

    def action_evaluate(self):
        """Project the results to the population, and report changes of it."""
        self._begin_step("evaluate")
        for sample in self:
            sample._compare()
            sample._evaluate()

    def action_agree_rest(self):
        """Record all remaining items as agreeing with the books."""
        self._begin_step("record")
        self.item_ids.action_agree()
        # Where two recorded the last ones at once, neither saw that it is complete.
        self._follow_items()

    def action_revise(self):
        """Reopen the evaluation, so that results can be changed."""
        self._begin_step("revise")
        for sample in self:
            sample.message_post(
                body=self.env._("The evaluation was reopened: %s", sample.conclusion)
            )
        self._write_step("revise")

    def action_compare(self):
        """Compare the population with the one that the sample was drawn from."""
        self._begin_step("compare")
        for sample in self:
            sample._compare()

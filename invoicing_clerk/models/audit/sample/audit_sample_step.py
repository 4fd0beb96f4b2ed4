from odoo import fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from ....rules.audit.sample import sampling as rules


class ClerkAuditSample(models.Model):
    """The states of a sample, and the steps from each to the next.

    ``rules.sampling.STEPS`` says which steps are open from which state.
    """

    _inherit = "clerk.audit.sample"

    state = fields.Selection(
        rules.STATES,
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
    )

    def _follow_items(self):
        """Be recorded once the last item is looked at, and no longer if one is not."""
        at_work = self.filtered(lambda sample: sample.state in ("selected", "recorded"))
        waiting = at_work.filtered(
            lambda sample: sample.recorded_count < sample.item_count
        )
        # sudo: who may write an item moves its sample on; people cannot write states.
        waiting.filtered(lambda sample: sample.state == "recorded").sudo().write(
            {"state": "selected"}
        )
        (at_work - waiting).filtered(
            lambda sample: sample.state == "selected"
        ).sudo().write({"state": "recorded"})

    def _check_step(self, step):
        """:raises UserError: a sample is in a state from which the step is not open"""
        self.check_access("write")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for sample in self:
            if not rules.is_allowed(step, sample.state):
                raise UserError(
                    self.env._(
                        "%(sample)s is in the state “%(state)s”: that step is not open "
                        "to it.",
                        sample=sample.display_name,
                        state=labels[sample.state],
                    )
                )

    def _begin(self, step):
        """Keep others off, and look again at what they did.

        :raises UserError: somebody else takes a step with it, or it is not open to it
        """
        self._check_step(step)
        self._check_audit_open()
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else works on %s at this moment. Look again in a few "
                    "seconds.",
                    ", ".join(self.mapped("name")),
                )
            ) from error
        self.invalidate_recordset()
        self._check_step(step)

    def _keep_from_steps(self):
        """Let nobody take a step with these meanwhile; others may record as well.

        A result that is being written down waits for a verdict that is being given,
        and is then refused.
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
        """Draw the items; from here on the plan stands.

        :raises UserError: the plan or the population allows no sample, or is not
            complete; nothing is drawn
        """
        self._begin("draw")
        for sample in self:
            sample._draw()

    def action_preview(self):
        """Tell how many would be drawn by this plan, and draw nothing.

        :raises UserError: the plan or the population allows no sample
        """
        self.ensure_one()
        self._check_step("draw")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": self.name,
                "message": self._preview(),
                "sticky": True,
            },
        }

    def action_reset(self):
        """Go back to the plan, as long as nobody has looked at an item.

        :raises UserError: results are recorded
        """
        self._begin("reset")
        for sample in self:
            if sample.recorded_count:
                raise UserError(
                    self.env._(
                        "%(sample)s: %(count)s results are recorded, so it stands. "
                        "Duplicate it to draw another one.",
                        sample=sample.name,
                        count=sample.recorded_count,
                    )
                )
            sample.message_post(
                body=self.env._(
                    "The sample drawn with the seed %(seed)s was given up.",
                    seed=sample.seed,
                )
            )
            sample._forget()

    def action_evaluate(self):
        """Say what the results mean for the population, and whether it has changed."""
        self._begin("evaluate")
        for sample in self:
            sample._compare()
            sample._evaluate()

    def action_agree_rest(self):
        """Say of all items that nobody has looked at yet that the books are right."""
        self._begin("record")
        self.item_ids.action_agree()
        # Where two recorded the last ones at once, neither saw that it is complete.
        self._follow_items()

    def action_revise(self):
        """Take the verdict back, to change results."""
        self._begin("revise")
        for sample in self:
            sample.message_post(
                body=self.env._("The verdict was taken back: %s", sample.verdict)
            )
            # sudo: who may write a sample takes its steps; people cannot write states.
            sample.sudo().state = "recorded"

    def action_compare(self):
        """Look whether the population is still what the sample was drawn from."""
        self._begin("compare")
        for sample in self:
            sample._compare()

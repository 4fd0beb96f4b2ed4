from odoo import fields, models
from odoo.exceptions import UserError

from ...rules.billing_error.billing_error import OPEN_STATES
from ..mixin.gate import at_least_one


class ClerkBillingError(models.Model):
    """The corrections of a billing error, which propose and resolve it."""

    _inherit = "clerk.billing.error"

    default_remedy_id = fields.Many2one(related="reason_id.default_remedy_id")
    correction_ids = fields.One2many(
        "clerk.correction", "error_id", string="Corrections"
    )

    def action_propose_correction(self):
        """Open the correction in progress, or start one for the next document."""
        self.ensure_one()
        open_correction = self.correction_ids.filtered(
            lambda each: each.state in ("draft", "waiting", "approved", "refused")
        )[:1]
        correction = open_correction or self.env["clerk.correction"].create(
            self._correction_values(self._move_to_correct())
        )
        return correction._action_open()

    def action_correct_together(self):
        """Open a new batch that corrects the documents of these cases.

        :raises UserError: they belong to several companies, or one has no document
        """
        at_least_one(self)
        for error in self.filtered(lambda each: not each.move_ids):
            raise UserError(
                self.env._("Add the disputed invoice to %s first.", error.name)
            )
        return self.env["clerk.correction.batch"]._new_action(
            self,
            default_change="claims",
            default_error_ids=self.ids,
            default_reason_id=self.reason_id[:1].id,
        )

    def _move_to_correct(self):
        corrected = self.correction_ids.filtered(
            lambda each: each.state == "applied"
        ).move_id
        move = (self.move_ids - corrected)[:1] or self.move_ids[:1]
        if not move:
            raise UserError(
                self.env._("Add the disputed invoice to %s first.", self.name)
            )
        return move

    def _correction_values(self, move):
        values = {"error_id": self.id, "move_id": move.id}
        if remedy := self.default_remedy_id.filtered("active"):
            values["remedy_id"] = remedy.id
        return values

    def _correction_proposed(self):
        self.filtered(
            lambda each: each._life().allows("propose", each.state)
        )._take_step("propose")

    def _correction_applied(self):
        """Close the cases that are settled; others go back to their processor."""
        self._resolve_cleared()
        for error in self.filtered(lambda each: each.state in OPEN_STATES):
            corrected = error.correction_ids.filtered(
                lambda each: each.state == "applied"
            ).move_id
            if not error.amount_disputed and error.move_ids <= corrected:
                error._take_step("resolve")
            elif error.state == "proposed":
                error._take_step("investigate")

    def _correction_dropped(self):
        """Return cases without an open correction to investigation."""
        for error in self.filtered(lambda each: each.state == "proposed"):
            if set(error.correction_ids.mapped("state")) <= {"cancelled", "refused"}:
                error._take_step("investigate")

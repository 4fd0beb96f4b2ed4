from odoo import api, fields, models
from odoo.fields import Command, Domain

from ...rules.billing_error.billing_error import OPEN_STATES


class ClerkBillingError(models.Model):
    """Invoices that are disputed as a whole, and those that are disputed twice."""

    _inherit = "clerk.billing.error"

    overlapping_ids = fields.Many2many(
        "clerk.billing.error",
        string="Other Billing Errors",
        compute="_compute_overlapping_ids",
        exportable=False,
        help="Other open billing errors on the same invoices.",
    )
    overlap_note = fields.Char(
        compute="_compute_overlapping_ids",
        exportable=False,
        export_string_translation=False,
    )

    # Only in forms: the reason that was selected before set all claims to 0.
    was_whole = fields.Boolean(
        store=False, exportable=False, export_string_translation=False
    )

    @api.depends("move_ids", "state")
    def _compute_overlapping_ids(self):
        others = self.search(
            Domain("move_ids", "in", self.move_ids._origin.ids)
            & Domain("state", "in", OPEN_STATES)
        )
        for error in self:
            is_open = error.state in OPEN_STATES
            overlapping = (others - error._origin).filtered(
                lambda other, error=error: other.move_ids & error.move_ids._origin
            )
            error.overlapping_ids = overlapping if is_open else False
            error.overlap_note = error._overlap_note()

    def _overlap_note(self):
        """Return which invoices are disputed already, why, and who works on it."""
        return " ".join(
            self.env._(
                "%(invoices)s is already disputed: %(case)s (%(reason)s, %(state)s, "
                "processor: %(user)s).",
                invoices=", ".join(
                    (other.move_ids & self.move_ids._origin).mapped("name")
                ),
                case=other.name,
                reason=other.reason_id.name or self.env._("no reason"),
                state=other._state_label(),
                user=other.user_id.name or self.env._("none"),
            )
            for other in self.overlapping_ids._origin
        )

    def action_view_overlapping(self):
        self.ensure_one()
        return self._view_action(self.overlapping_ids)

    # Reasons that dispute the whole invoice

    @api.model_create_multi
    def create(self, vals_list):
        errors = super().create(vals_list)
        errors._dispute_whole()
        return errors

    def write(self, vals):
        done = super().write(vals)
        if {"reason_id", "move_ids"} & vals.keys() and "line_ids" not in vals:
            self._dispute_whole()
        return done

    def _dispute_whole(self):
        """Claim that nothing is owed, unless the claims say something else."""
        for error in self.filtered("reason_id.disputes_whole"):
            if error.state in OPEN_STATES and not any(
                line.is_disputed and line.claimed_quantity for line in error.line_ids
            ):
                missing = error._claim_commands(error.move_ids)
                error.line_ids = [
                    *(
                        Command.update(line.id, error._claim_values())
                        for line in error.line_ids
                    ),
                    *missing,
                ]

    def _claim_values(self):
        whole = self.reason_id.disputes_whole
        return super()._claim_values() | ({"claimed_quantity": 0.0} if whole else {})

    def _is_wholly_disputed(self):
        """Return whether nothing is owed on any of the lines, and nothing else said."""
        return all(not line.claimed_quantity for line in self.line_ids)

    @api.onchange("reason_id")
    def _onchange_reason_id(self):
        """Claim quantity 0 if the reason says so, and no longer if it does not."""
        was_whole = self.was_whole or self._origin.reason_id.disputes_whole
        self.was_whole = self.reason_id.disputes_whole
        if self.was_whole:
            self.line_ids.claimed_quantity = 0.0
        elif was_whole and self._is_wholly_disputed():
            for line in self.line_ids:
                line.claimed_quantity = line.move_line_id.quantity
